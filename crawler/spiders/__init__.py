"""One file per family of sites; a spider states facts, the base class walks."""
