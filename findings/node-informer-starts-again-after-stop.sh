#!/usr/bin/env bash
# Subject: @kubernetes/client-node 1.4.0 (npm). Seen 2026-11-29; 2.0.1 on Node 24 did the same.
#
# Behaviour: stop() of an informer breaks its own watch, and reports that to the "error" handlers as a failure.
# The handler of the client's own example calls start() after each error, so the informer opens a new watch and
# gives events again, after every stop().
#
# Why it matters: A program that stops following a Service, because it lost an election or moves to another
# namespace, goes on: it acts on events that it has given up, and a watch stays open for each such informer.
#
# Needs: Node and npm. Runs on loopback only, removes its folder, exits 1 if the behaviour changed.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes > /dev/null
npm install --silent --no-update-notifier --no-audit --no-fund --ignore-scripts @kubernetes/client-node@1.4.0 > npm.log 2>&1 \
    || { cat npm.log; exit 2; }
cat > client.mjs << 'END'
import { KubeConfig, makeInformer } from '@kubernetes/client-node';
import { EventEmitter, once } from 'node:events';
import http from 'node:http';

const slices = '/apis/discovery.k8s.io/v1/namespaces/n/endpointslices';
const seen = new EventEmitter();
const limit = () => ({ signal: AbortSignal.timeout(5000) });
let watches = 0;
const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  if (!new URL(request.url, 'http://a').searchParams.has('watch')) {
    const list = { kind: 'EndpointSliceList', apiVersion: 'discovery.k8s.io/v1', metadata: { resourceVersion: '10' }, items: [] };
    response.end(JSON.stringify(list));
    return;
  }

  const number = ++watches;
  const metadata = { name: `slice-${number}`, namespace: 'n', resourceVersion: `${10 + number}` };
  response.write(`${JSON.stringify({ type: 'ADDED', object: { metadata, addressType: 'IPv4', endpoints: [], ports: [] } })}\n`);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const url = `http://127.0.0.1:${server.address().port}`;
const config = new KubeConfig();
config.loadFromClusterAndUser({ name: 'c', server: url, skipTLSVerify: true }, { name: 'u' });
const informer = makeInformer(config, slices, async () => (await fetch(url + slices)).json());
informer.on('add', slice => seen.emit('add', slice.metadata.name));
informer.on('error', error => {
  console.log(`error handler: ${error.message}`);
  setTimeout(() => informer.start(), 100);
});

let added = once(seen, 'add', limit());
await informer.start();
console.log(`start(): ${await added}`);
for (let round = 1; round <= 2; round++) {
  added = once(seen, 'add', limit());
  await informer.stop();
  console.log(`after stop(): ${await added.catch(() => 'no event')}`);
}

process.exit(0);
END
seen=$(timeout 60 node client.mjs)

cat << END
version:  @kubernetes/client-node 1.4.0 (npm)
expected: no error from stop(), and no event after it
source:   kubernetes-client/javascript: issue 604, which stop() closed, asks for a way to stop an informer completely; the error
          handler of examples/typescript/informer/informer.ts starts the informer again after 5 s (here 0.1 s)
seen:
$seen
END
recorded=$(cat << 'END'
start(): slice-1
error handler: The user aborted a request.
after stop(): slice-2
error handler: The user aborted a request.
after stop(): slice-3
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
