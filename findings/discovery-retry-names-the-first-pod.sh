#!/usr/bin/env bash
# Subject: Microsoft.Extensions.ServiceDiscovery 10.11.0 with Microsoft.Extensions.Http.Resilience 10.11.0. Seen
# 2026-11-27.
#
# Behaviour: An endpoint with an IHostNameFeature puts its name into the Host header of the request. After the
# attempt the URI of the request is put back, the header is not: a retry that goes to another pod still carries
# the name of the first.
#
# Why it matters: With one name a pod, the second pod sees a request for the first. A server that checks its own
# name, or a proxy that routes by it, refuses the retry or sends it back to the pod that failed.
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
using System.Collections.Concurrent;
using System.Net;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ServiceDiscovery;

ConcurrentQueue<string> hits = new();
int first = await StartAsync(c => { hits.Enqueue($"pod 1 is asked as {c.Request.Host}"); return Results.StatusCode(503); });
int second = await StartAsync(c => { hits.Enqueue($"pod 0 is asked as {c.Request.Host}"); return Results.Text("ok"); });
ServiceCollection services = new();
services.AddServiceDiscoveryCore();
services.AddSingleton<IServiceEndpointProviderFactory>(new TwoPods(second, first));
IHttpClientBuilder client = services.AddHttpClient("game");
client.AddStandardResilienceHandler(options => options.Retry.Delay = TimeSpan.FromMilliseconds(1));
client.AddServiceDiscovery();
await using ServiceProvider provider = services.BuildServiceProvider();
await provider.GetRequiredService<IHttpClientFactory>().CreateClient("game").GetStringAsync("http://game/");
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

sealed class TwoPods(params int[] ports) : IServiceEndpointProviderFactory, IServiceEndpointProvider
{
    public bool TryCreateProvider(ServiceEndpointQuery query, [NotNullWhen(true)] out IServiceEndpointProvider? provider)
    {
        provider = this;
        return true;
    }

    public ValueTask PopulateAsync(IServiceEndpointBuilder endpoints, CancellationToken cancellationToken)
    {
        for (int i = 0; i < ports.Length; i++)
        {
            FeatureCollection features = new();
            features.Set<IHostNameFeature>(new PodName($"service-b-{i}"));
            endpoints.Endpoints.Add(ServiceEndpoint.Create(new IPEndPoint(IPAddress.Loopback, ports[i]), features));
        }

        return default;
    }

    public ValueTask DisposeAsync() => default;
}

sealed record PodName(string HostName) : IHostNameFeature;
END
dotnet build -c Release --nologo -v quiet > build.log 2>&1 || { cat build.log; exit 2; }
seen=$(timeout 100 dotnet bin/Release/net10.0/finding.dll)

cat << END
version:  Microsoft.Extensions.ServiceDiscovery 10.11.0 with Microsoft.Extensions.Http.Resilience 10.11.0
expected: each attempt carries the name of the endpoint it goes to
source:   XML documentation of IHostNameFeature: "the host name of the end point"
seen:
$seen
END
recorded=$(cat << 'END'
pod 1 is asked as service-b-1
pod 0 is asked as service-b-1
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
