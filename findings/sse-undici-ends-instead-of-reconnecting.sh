#!/usr/bin/env bash
# Subject: EventSource of undici 7.30.2, beside eventsource 4.1.1 (both npm). Seen 2026-11-29; undici 8.13.1 and
# Node's own EventSource (node --experimental-eventsource, Node 20 and 24) did the same.
#
# Behaviour: When the stream ends, EventSource fires "error" and waits with a timer that does not keep the process
# alive. In a program that does nothing else, Node finds nothing left to do and ends, with exit code 0, before the
# first attempt.
#
# Why it matters: A sidecar or a script that follows a watch ends at the first restart of the server, and its exit
# code says that all went well: a Job is complete, and "restart on failure" does nothing.
#
# Needs: Node and npm. Runs on loopback only, removes its folder, exits 1 if the behaviour changed.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes > /dev/null
npm install --silent --no-update-notifier --no-audit --no-fund --ignore-scripts undici@7.30.2 eventsource@4.1.1 > npm.log 2>&1 \
    || { cat npm.log; exit 2; }
cat > client.mjs << 'END'
const [name, url] = process.argv.slice(2);
const { EventSource } = await import(name);
const source = new EventSource(url);
source.onmessage = event => {
  console.log(`${name}: message ${event.data}`);
  if (event.data === '2') {
    source.close();
  }
};
process.on('exit', code => console.log(`${name}: exit code ${code}, readyState ${source.readyState}`));
END
cat > run.mjs << 'END'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';

for (const name of ['eventsource', 'undici']) {
  let requests = 0;
  const server = http.createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`retry: 200\ndata: ${++requests}\n\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/`;
  const client = spawn(process.execPath, ['--no-warnings', 'client.mjs', name, url], { stdio: 'inherit' });
  await once(client, 'exit');
  console.log(`requests: ${requests}`);
  server.close();
}
END
seen=$(timeout 60 node run.mjs)

cat << END
version:  undici 7.30.2, eventsource 4.1.1 (npm)
expected: a second request after 0.2 s from both; readyState 2 (closed) at the end
source:   WHATWG HTML, 9.2.3 "Processing model", "reestablish the connection": after the end of the stream wait for the
          reconnection time, then fetch again; 9.2.9 "Garbage collection": while it is connecting, an object with a listener
          stays. undici's docs/docs/api/EventSource.md says that it complies
seen:
$seen
END
recorded=$(cat << 'END'
eventsource: message 1
eventsource: message 2
eventsource: exit code 0, readyState 2
requests: 2
undici: message 1
undici: exit code 0, readyState 0
requests: 1
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
