#!/usr/bin/env bash
# Subject: System.Net.ServerSentEvents 11.0.0, beside eventsource-parser 4.1.3 (npm). Seen 2026-11-27.
#
# Behaviour: A block that carries an event name and no data is not delivered, as it should be, but SseParser
# keeps its name: the next event, which has none, is delivered under it.
#
# Why it matters: A server may send "event: ping" without data to keep a connection alive. A .NET client then
# gets the next change of the endpoints as a "ping", and a client that goes by event names drops it.
#
# Needs: .NET SDK 10, NuGet, Node and npm. Runs on loopback only, removes its folder, exits 1 if the behaviour
# changed.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 NUGET_PACKAGES="$work/packages"
printf 'event: ping\n\ndata: a\n\n' > stream
cat > finding.csproj << 'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <UseSharedCompilation>false</UseSharedCompilation>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="System.Net.ServerSentEvents" Version="[11.0.0]" />
  </ItemGroup>
</Project>
END
cat > Program.cs << 'END'
using System.Net.ServerSentEvents;

SseParser<string> parser = SseParser.Create(File.OpenRead("stream"));
await foreach (SseItem<string> item in parser.EnumerateAsync())
{
    Console.WriteLine($".NET: type {item.EventType}, data {item.Data}");
}
END
cat > node.mjs << 'END'
import { createParser } from 'eventsource-parser';
import { readFileSync } from 'node:fs';

const parser = createParser({ onEvent: e => console.log(`Node: type ${e.event}, data ${e.data}`) });
parser.feed(readFileSync('stream', 'utf8'));
END
dotnet build -c Release --nologo -v quiet > build.log 2>&1 || { cat build.log; exit 2; }
npm install --silent --no-update-notifier --no-audit --no-fund --ignore-scripts eventsource-parser@4.1.3 > npm.log 2>&1 \
    || { cat npm.log; exit 2; }
seen=$(timeout 60 dotnet bin/Release/net10.0/finding.dll; timeout 60 node node.mjs)

cat << END
version:  System.Net.ServerSentEvents 11.0.0, beside eventsource-parser 4.1.3 (npm)
expected: type "message", the default, for the event with data
source:   WHATWG HTML, 9.2.6: at an empty line with an empty data buffer the event type buffer is set to the empty string
seen:
$seen
END
recorded=$(cat << 'END'
.NET: type ping, data a
Node: type undefined, data a
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
