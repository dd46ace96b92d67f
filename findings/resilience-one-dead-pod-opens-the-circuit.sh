#!/usr/bin/env bash
# Subject: Microsoft.Extensions.Http.Resilience 10.11.0 with Microsoft.Extensions.ServiceDiscovery 10.11.0. Seen
# 2026-11-27.
#
# Behaviour: The circuit breaker of AddStandardResilienceHandler, in front of AddServiceDiscovery, counts all
# pods of a service as one. One dead pod of three is a third of all attempts; above 10% the circuit opens, and
# for 5 seconds no call is sent to any pod, the two healthy ones included.
#
# Why it matters: With direct connections a single pod that is gone is usual. Until the circuit opens a retry
# reaches the next pod, and every call is answered.
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
    <PackageReference Include="Microsoft.Extensions.Http.Resilience" Version="[10.11.0]" />
  </ItemGroup>
</Project>
END
cat > Program.cs << 'END'
using System.Net;
using System.Net.Sockets;
using Polly.CircuitBreaker;

List<int> ports = [await StartAsync(_ => Results.Text("ok")), await StartAsync(_ => Results.Text("ok"))];
using Socket held = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
held.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound, never listening: connections to pod 2 are refused
ServiceCollection services = new();
services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
    ports.Select(port => $"http://127.0.0.1:{port}").Append($"http://{held.LocalEndPoint}").Select((address, i) =>
        new KeyValuePair<string, string?>($"services:game:http:{i}", address))).Build());
services.AddServiceDiscovery();
IHttpClientBuilder client = services.AddHttpClient("game");
client.AddStandardResilienceHandler(options => options.Retry.Delay = TimeSpan.FromMilliseconds(1));
client.AddServiceDiscovery();
await using ServiceProvider provider = services.BuildServiceProvider();
int answered = 0;
int refused = 0;
for (int i = 0; i < 200; i++)
{
    try
    {
        await provider.GetRequiredService<IHttpClientFactory>().CreateClient("game").GetStringAsync("http://game/");
        answered++;
    }
    catch (BrokenCircuitException)
    {
        refused++;
    }
}

Console.WriteLine($"2 of 3 pods healthy: the first calls answered: {answered is > 0 and < 100}, then refused unsent: {refused > 100}");

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
version:  Microsoft.Extensions.Http.Resilience 10.11.0 with Microsoft.Extensions.ServiceDiscovery 10.11.0
expected: every call answered: each retry goes to the next pod, and two of three are healthy
source:   README of the package: the pipeline is there to send requests reliably, the breaker is for "too many direct
          failures"
seen:
$seen
END
recorded=$(cat << 'END'
2 of 3 pods healthy: the first calls answered: True, then refused unsent: True
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
