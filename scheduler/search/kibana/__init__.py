"""What analysts and the operator see in Kibana: written by code, checked offline, imported over HTTP."""
