#!/usr/bin/env bash
# Subject: Debian prometheus 2.42.0+ds-5+deb12u1 (prometheus and promtool). Seen 2026-11-27.
#
# Behaviour: The program of the Debian package is built without several service discoveries. A configuration
# with kubernetes_sd_configs is refused as having an unknown field; file_sd_configs and http_sd_configs work.
#
# Why it matters: Rules and scrape configurations for a cluster, checked in CI with this promtool, look misspelt
# and are not. A dispatcher of direct connections can feed this Prometheus by file or by HTTP.
#
# Needs: Debian 12 with apt-get, package lists fetched. Runs on loopback only, removes its folder, exits 1 if
# the behaviour changed.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download prometheus=2.42.0+ds-5+deb12u1 > apt.log 2>&1 || { cat apt.log; echo "run apt-get update first"; exit 2; }
dpkg-deb -x ./prometheus_*.deb .
cat > kubernetes.yml << 'END'
scrape_configs:
  - job_name: game
    kubernetes_sd_configs: [{role: endpointslice}]
END
cat > http.yml << 'END'
scrape_configs:
  - job_name: game
    http_sd_configs: [{url: "http://127.0.0.1:3080/targets"}]
END
no=$(./usr/bin/promtool check config kubernetes.yml 2>&1 | grep -o 'field .*' || true)
yes=$(./usr/bin/promtool check config http.yml 2>&1 | grep -o 'SUCCESS.*' || true)
seen=$(printf 'kubernetes: %s\nhttp: %s' "$no" "$yes")

cat << END
version:  Debian prometheus 2.42.0+ds-5+deb12u1 (prometheus and promtool)
expected: both configurations are valid
source:   Prometheus 2.42 documentation, "Configuration": kubernetes_sd_configs of a scrape_config
seen:
$seen
END
recorded=$(cat << 'END'
kubernetes: field kubernetes_sd_configs not found in type config.ScrapeConfig
http: SUCCESS: http.yml is valid prometheus config file syntax
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
