#!/usr/bin/env bash
# Subject: System.Net.ServerSentEvents 11.0.0, beside eventsource-parser 4.1.3 (npm). Seen 2026-11-27.
#
# Behaviour: SseParser.LastEventId changes as soon as an id line is read, though the stream ends before the
# event is complete and the event is never delivered.
#
# Why it matters: A client that reconnects with LastEventId tells the server that it has the event it was cut
# in. The server sends nothing for it, and the client misses one change of the endpoints.
#
# Needs: .NET SDK 10, NuGet, Node and npm. Runs on loopback only, removes its folder, exits 1 if the behaviour
# changed.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 NUGET_PACKAGES="$work/packages"
printf 'id: 1\ndata: a\n\nid: 2\ndata: b\n' > stream
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
    Console.WriteLine($".NET: event {item.EventId} delivered");
}

Console.WriteLine($".NET: LastEventId after the cut: {parser.LastEventId}");
END
cat > node.mjs << 'END'
import { createParser } from 'eventsource-parser';
import { readFileSync } from 'node:fs';

const parser = createParser({ onEvent: e => console.log(`Node: event ${e.id} delivered`) });
parser.feed(readFileSync('stream', 'utf8'));
END
dotnet build -c Release --nologo -v quiet > build.log 2>&1 || { cat build.log; exit 2; }
npm install --silent --no-update-notifier --no-audit --no-fund --ignore-scripts eventsource-parser@4.1.3 > npm.log 2>&1 \
    || { cat npm.log; exit 2; }
seen=$(timeout 60 dotnet bin/Release/net10.0/finding.dll; timeout 60 node node.mjs)

cat << END
version:  System.Net.ServerSentEvents 11.0.0, beside eventsource-parser 4.1.3 (npm)
expected: the id of the last event that was delivered: 1
source:   WHATWG HTML, 9.2.6 "Interpreting an event stream": the last event ID changes at dispatch; an incomplete event at
          the end is discarded
seen:
$seen
END
recorded=$(cat << 'END'
.NET: event 1 delivered
.NET: LastEventId after the cut: 2
Node: event 1 delivered
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
