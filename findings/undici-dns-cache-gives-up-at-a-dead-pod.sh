#!/usr/bin/env bash
# Subject: undici 7.30.2 (npm), the interceptor "dns". Seen 2026-11-29; 8.13.1 on Node 24 did the same.
#
# Behaviour: The interceptor connects to one address of a name. If the connection is refused, it tries one
# address of the other family, and no other of the same. The refused address stays in the cache and in turn.
# Without the interceptor the same Agent tries the addresses of the same look-up one after the other.
#
# Why it matters: The name of a headless Service has an address for each pod, all of one family. With the cache
# for DNS one dead pod of three fails every third request, for up to 10 s; without it no request fails.
#
# Needs: Node and npm, Linux (127.0.0.2 and 127.0.0.3). Runs on loopback only, removes its folder, exits 1 if the
# behaviour changed.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes > /dev/null
npm install --silent --no-update-notifier --no-audit --no-fund --ignore-scripts undici@7.30.2 > npm.log 2>&1 \
    || { cat npm.log; exit 2; }
cat > client.mjs << 'END'
import { once } from 'node:events';
import http from 'node:http';
import { Agent, interceptors } from 'undici';

let port = 0;
for (const [pod, address] of [['service-b-1', '127.0.0.2'], ['service-b-2', '127.0.0.3']]) {
  const server = http.createServer((request, response) => response.end(pod));
  server.listen(port, address);
  await once(server, 'listening');
  port = server.address().port;
}

// Nothing listens at the first address, that of service-b-0.
const lookup = (name, options, callback) =>
  callback(null, ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map(address => ({ address, family: 4 })));

async function ask(label, agent) {
  const answers = [];
  for (let i = 0; i < 6; i++) {
    try {
      const { body } = await agent.request({ origin: `http://service-b.example:${port}`, path: '/', method: 'GET' });
      answers.push(await body.text());
    } catch (error) {
      answers.push(error.code);
    }
  }

  console.log(`${label}: ${answers.join(' ')}`);
}

await ask('Agent', new Agent({ connect: { lookup } }));
await ask('Agent with dns', new Agent().compose(interceptors.dns({ lookup })));
process.exit(0);
END
seen=$(timeout 60 node client.mjs)

cat << END
version:  undici 7.30.2 (npm)
expected: six answers from both; after a refused connection the next address is tried
source:   undici 7, docs/docs/api/Dispatcher.md, "dns", dualStack (on by default): after a failed connection it attempts the
          available addresses in the manner of happy eyeballs; RFC 8305, section 5: one attempt after the other, to all addresses
seen:
$seen
END
recorded=$(cat << 'END'
Agent: service-b-1 service-b-1 service-b-1 service-b-1 service-b-1 service-b-1
Agent with dns: ECONNREFUSED service-b-1 service-b-2 ECONNREFUSED service-b-1 service-b-2
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
