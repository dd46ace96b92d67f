#!/usr/bin/env bash
# Subject: Microsoft.Extensions.ServiceDiscovery 10.11.0. Seen 2026-11-27.
#
# Behaviour: Round robin counts up before it picks, and each new client counts from the start. The first request
# of every client goes to the second endpoint of the list.
#
# Why it matters: Short programs, jobs and functions make one call each. All of them go to ordinal 1; the other
# pods get nothing.
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
    <Nullable>enable</Nullable>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.Extensions.ServiceDiscovery" Version="[10.11.0]" />
  </ItemGroup>
</Project>
END
cat > Program.cs << 'END'
using System.Collections.Concurrent;

ConcurrentQueue<int> hits = new();
List<int> ports = [];
for (int pod = 0; pod < 3; pod++)
{
    int number = pod;
    ports.Add(await StartAsync(_ => { hits.Enqueue(number); return Results.Text("ok"); }));
}

ServiceCollection services = new();
services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(ports.Select((port, i) =>
    new KeyValuePair<string, string?>($"services:game:http:{i}", $"http://127.0.0.1:{port}"))).Build());
services.AddServiceDiscovery();
services.AddHttpClient("game").AddServiceDiscovery();
for (int program = 0; program < 6; program++)
{
    using ServiceProvider provider = services.BuildServiceProvider();
    await provider.GetRequiredService<IHttpClientFactory>().CreateClient("game").GetStringAsync("http://game/");
}

Console.WriteLine($"first pod of six new clients, of pods 0 to 2: {string.Join(' ', hits)}");

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
version:  Microsoft.Extensions.ServiceDiscovery 10.11.0
expected: first picks spread over the three endpoints, or at least the first endpoint
source:   XML documentation of the package: the selector goes through the list of endpoints in a round-robin fashion
seen:
$seen
END
recorded=$(cat << 'END'
first pod of six new clients, of pods 0 to 2: 1 1 1 1 1 1
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
