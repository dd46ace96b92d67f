#!/usr/bin/env bash
# Subject: kubernetes client for Python 22.6.0 (Debian python3-kubernetes 22.6.0-2). Seen 2026-11-27.
#
# Behaviour: An EndpointSlice without endpoints comes from the API server as "endpoints": null. The client
# raises ValueError for the whole list, since the field is marked as required.
#
# Why it matters: One Service with no pods makes every list of the namespace fail, the slices with pods
# included, and a scale to 0 ends a program that watched well until then.
#
# Needs: Debian 12 with apt-get, package lists fetched; Python 3. Runs on loopback only, removes its folder,
# exits 1 if the behaviour changed.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

deps="google-auth requests requests-oauthlib oauthlib websocket cachetools rsa pyasn1 pyasn1-modules"
deps="$deps six certifi dateutil urllib3 yaml idna chardet"
# shellcheck disable=SC2086
apt-get download python3-kubernetes=22.6.0-2 $(printf 'python3-%s ' $deps) > apt.log 2>&1 \
    || { cat apt.log; echo "run apt-get update first"; exit 2; }
for package in ./*.deb; do dpkg-deb -x "$package" .; done
cat > client.py << 'END'
import http.server
import json
import threading

from kubernetes import client

FULL = {"metadata": {"name": "service-b-x"}, "addressType": "IPv4", "endpoints": [{"addresses": ["10.88.0.10"]}], "ports": []}
EMPTY = {"metadata": {"name": "service-c-x"}, "addressType": "IPv4", "endpoints": None, "ports": None}
items = []


class Api(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        body = {"kind": "EndpointSliceList", "apiVersion": "discovery.k8s.io/v1", "metadata": {"resourceVersion": "1"}, "items": items}
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
threading.Thread(target=server.serve_forever, daemon=True).start()
configuration = client.Configuration()
configuration.host = f"http://127.0.0.1:{server.server_port}"
api = client.DiscoveryV1Api(client.ApiClient(configuration))
for label, added in (("one slice with a pod", FULL), ("beside it a slice without pods", EMPTY)):
    items.append(added)
    try:
        print(f"{label}: {len(api.list_namespaced_endpoint_slice('n').items)} read")
    except ValueError as error:
        print(f"{label}: ValueError: {error}")
END
seen=$(PYTHONPATH=usr/lib/python3/dist-packages timeout 60 python3 client.py)

cat << END
version:  kubernetes client for Python 22.6.0 (Debian python3-kubernetes 22.6.0-2)
expected: a list with two slices, one without endpoints
source:   Kubernetes API, EndpointSlice: the Go field "endpoints" has no omitempty, an API server sends null for none;
          recorded from Kubernetes 1.36.2
seen:
$seen
END
recorded=$(cat << 'END'
one slice with a pod: 1 read
beside it a slice without pods: ValueError: Invalid value for `endpoints`, must not be `None`
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
