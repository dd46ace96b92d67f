#!/usr/bin/env bash
# Subject: ASP.NET Core 10.0, TypedResults.ServerSentEvents. Seen 2026-11-27.
#
# Behaviour: The status and the headers of an event stream are sent with the first event, not when the stream is
# accepted. Where nothing changes, a client waits for its response.
#
# Why it matters: A watch on a quiet service looks like a server that hangs. The client cannot tell "watching"
# from "not accepted", and every time-out for response headers applies.
#
# Needs: .NET SDK 10 and NuGet. Runs on loopback only, removes its folder, exits 1 if the behaviour changed.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 NUGET_PACKAGES="$work/packages"
cat > finding.csproj << 'END'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <UseSharedCompilation>false</UseSharedCompilation>
  </PropertyGroup>
</Project>
END
cat > Program.cs << 'END'
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
WebApplication app = builder.Build();
TaskCompletionSource change = new();
app.MapGet("/watch", () => TypedResults.ServerSentEvents(ReadChanges(change.Task)));
await app.StartAsync();
using HttpClient client = new() { BaseAddress = new Uri(app.Urls.First()) };
Task<HttpResponseMessage> response = client.GetAsync("/watch", HttpCompletionOption.ResponseHeadersRead);
bool before = await Task.WhenAny(response, Task.Delay(TimeSpan.FromSeconds(5))) == response;
change.SetResult();
bool after = await Task.WhenAny(response, Task.Delay(TimeSpan.FromSeconds(30))) == response;
Console.WriteLine($"response headers within 5 s, no event yet: {before}");
Console.WriteLine($"response headers after the first event: {after}");

static async IAsyncEnumerable<string> ReadChanges(Task change)
{
    await change;
    yield return "changed";
}
END
dotnet build -c Release --nologo -v quiet > build.log 2>&1 || { cat build.log; exit 2; }
seen=$(timeout 100 dotnet bin/Release/net10.0/finding.dll)

cat << END
version:  ASP.NET Core 10.0, TypedResults.ServerSentEvents
expected: 200 and text/event-stream at once; the stream then waits for events
source:   WHATWG HTML, 9.2.3 "Processing model": the connection is announced (open) when the response arrives, before any
          event
seen:
$seen
END
recorded=$(cat << 'END'
response headers within 5 s, no event yet: False
response headers after the first event: True
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
