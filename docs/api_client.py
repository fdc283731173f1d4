"""Open a request through Relais's API, with Python's standard library alone.

TOKEN=relais_… python3 docs/api_client.py https://relais.departement.example < request.json

The token is made in « Mon compte »; the request is the body that /api/v1/openapi.json describes for POST /tickets.
The same key sent again never opens a second request: keep it, and send it again after a lost answer.
"""

import json
import os
import sys
from urllib.request import Request, urlopen
from uuid import uuid4

address, key = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else str(uuid4())
headers = {
    "Authorization": f"Bearer {os.environ['TOKEN']}",
    "Content-Type": "application/json",
    "Idempotency-Key": key,
}
with urlopen(Request(f"{address}/api/v1/tickets", sys.stdin.buffer.read(), headers), timeout=30) as answer:
    ticket = json.load(answer)
sys.stdout.write(f"{ticket['reference']} {ticket['state']}\n")
