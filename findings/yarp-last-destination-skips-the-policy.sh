#!/usr/bin/env bash
# Subject: Yarp.ReverseProxy 2.3.0. Seen 2026-11-27.
#
# Behaviour: A load balancing policy is not asked when one destination is left. Where it would refuse, the
# request goes to that destination.
#
# Why it matters: A policy that routes by pod (ordinal, name, key) works with two pods and more. With one pod
# left, a request for pod 7 reaches pod 0.
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
    <PackageReference Include="Yarp.ReverseProxy" Version="[2.3.0]" />
    <PackageReference Include="System.IO.Hashing" Version="[10.0.3]" />
  </ItemGroup>
</Project>
END
cat > Program.cs << 'END'
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

int first = await StartAsync(_ => Results.Text("ok"));
int second = await StartAsync(_ => Results.Text("ok"));
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddSingleton<ILoadBalancingPolicy, RefuseAll>();
builder.Services.AddReverseProxy().LoadFromMemory([Route("two"), Route("one")], [Cluster("two", first, second), Cluster("one", first)]);
WebApplication proxy = builder.Build();
proxy.MapReverseProxy();
await proxy.StartAsync();
using HttpClient client = new() { BaseAddress = new Uri(proxy.Urls.First()) };
foreach (string cluster in (string[])["two", "one"])
{
    using HttpResponseMessage response = await client.GetAsync($"/{cluster}/");
    Console.WriteLine($"cluster with {cluster}, the policy refuses every destination: {(int)response.StatusCode}");
}

static RouteConfig Route(string id) => new() { RouteId = id, ClusterId = id, Match = new RouteMatch { Path = $"/{id}/{{**rest}}" } };

static ClusterConfig Cluster(string id, params int[] ports) => new()
{
    ClusterId = id,
    LoadBalancingPolicy = "RefuseAll",
    Destinations = ports.ToDictionary(p => $"pod-{p}", p => new DestinationConfig { Address = $"http://127.0.0.1:{p}/" }),
};

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

sealed class RefuseAll : ILoadBalancingPolicy
{
    public string Name => "RefuseAll";

    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> available) => null;
}
END
dotnet build -c Release --nologo -v quiet > build.log 2>&1 || { cat build.log; exit 2; }
seen=$(timeout 100 dotnet bin/Release/net10.0/finding.dll)

cat << END
version:  Yarp.ReverseProxy 2.3.0
expected: 503 for both clusters: the policy picks none
source:   XML documentation of ILoadBalancingPolicy.PickDestination: "Picks a destination to send traffic to"; its result may
          be null
seen:
$seen
END
recorded=$(cat << 'END'
cluster with two, the policy refuses every destination: 503
cluster with one, the policy refuses every destination: 200
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
