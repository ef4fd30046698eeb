"""What redirects said, before Scrapy follows them: part of the evidence of the page that they led to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from scrapy import Request
from scrapy.http import Response

from crawler.items import HOPS, Fetched


class KeepRedirects:
    """Notes each redirect with the request; Scrapy hands the notes on to the request that follows."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Note a response that names another address; one that is packed without its body, which nobody reads."""
        if 300 <= response.status < 400 and "Location" in response.headers:
            hop = Fetched.from_response(response.replace(request=request), datetime.now(UTC))
            body = b"" if hop.header("Content-Encoding") else hop.body
            request.meta[HOPS] = (*hop.hops, replace(hop, body=body, hops=()))
        return response
