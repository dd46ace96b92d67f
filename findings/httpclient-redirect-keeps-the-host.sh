#!/usr/bin/env bash
# Subject: System.Net.Http of .NET 10 (Microsoft.NETCore.App 10.0). Seen 2026-11-27.
#
# Behaviour: A Host header that the caller sets stays on the request when HttpClient follows a redirect to
# another authority. The second server is asked under the name of the first.
#
# Why it matters: A dispatcher may answer 307 with the address of a pod. A client that reached the dispatcher by
# address and set Host, as one does in front of an ingress, then asks the pod under the name of the dispatcher;
# a pod that filters hosts answers 400.
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
using System.Collections.Concurrent;

ConcurrentQueue<string> hits = new();
int pod = await StartAsync(c => { hits.Enqueue($"the pod is asked as {c.Request.Host}"); return Results.Text("ok"); });
int front = await StartAsync(c =>
{
    hits.Enqueue($"the front is asked as {c.Request.Host}");
    return Results.Redirect($"http://127.0.0.1:{pod}/", permanent: false, preserveMethod: true);
});
using HttpClient client = new();
using HttpRequestMessage request = new(HttpMethod.Get, $"http://127.0.0.1:{front}/");
request.Headers.Host = "game.example";
await client.SendAsync(request);
foreach (string hit in hits)
{
    Console.WriteLine(hit);
}

static async Task<int> StartAsync(Func<HttpContext, IResult> answer)
{
    WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseUrls("http://127.0.0.1:0");
    WebApplication app = builder.Build();
    app.Map("/{**rest}", (HttpContext context) => answer(context));
    await app.StartAsync();
    return new Uri(app.Urls.First()).Port;
}
END
dotnet build -c Release --nologo -v quiet > build.log 2>&1 || { cat build.log; exit 2; }
seen=$(timeout 100 dotnet bin/Release/net10.0/finding.dll)

cat << END
version:  System.Net.Http of .NET 10 (Microsoft.NETCore.App 10.0)
expected: the pod is asked as 127.0.0.1:PORT, the authority of the Location
source:   RFC 9110, 7.2: Host carries the authority of the target URI; 15.4 has Host among the fields to replace in a
          redirected request
seen:
$seen
END
recorded=$(cat << 'END'
the front is asked as game.example
the pod is asked as game.example
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
