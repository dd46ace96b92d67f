#!/usr/bin/env bash
# Subject: Grpc.Net.Client 2.85.0. Seen 2026-11-28.
#
# Behaviour: A server that is killed after it has accepted a connection and before its first call stays "ready"
# in round_robin. Each call to it fails with a refused connection, and the state does not change.
#
# Why it matters: Of two pods one is dead, and every second call fails until the list changes. A pod that is
# killed while calls use its connection is left at once.
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
    <PackageReference Include="Grpc.Net.Client" Version="[2.85.0]" />
  </ItemGroup>
</Project>
END
cat > Program.cs << 'END'
using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

int living = await Rpc.StartAsync("living");
// A pod that takes the connection and is killed before its first call.
TcpListener listener = new(IPAddress.Loopback, 0);
listener.Start();
int dying = ((IPEndPoint)listener.LocalEndpoint).Port;
using GrpcChannel channel = Rpc.Open(living, dying);
await channel.ConnectAsync();
Socket connection = await listener.AcceptSocketAsync();
await Task.Delay(1000);
listener.Stop();
connection.Close();
foreach (string when in (string[])["at once", "10 s later"])
{
    int failed = 0;
    for (int call = 0; call < 20; call++)
    {
        failed += await Rpc.CallAsync(channel) == "living" ? 0 : 1;
        await Task.Delay(100);
    }

    Console.WriteLine($"{when}: {failed} of 20 calls failed, the state is {channel.State}");
    await Task.Delay(TimeSpan.FromSeconds(10));
}

static class Rpc
{
    static readonly Marshaller<string> Text = Marshallers.Create(Encoding.UTF8.GetBytes, bytes => Encoding.UTF8.GetString(bytes));
    static readonly Method<string, string> Ask = new(MethodType.Unary, "t.T", "Ask", Text, Text);

    public static GrpcChannel Open(params int[] ports)
    {
        ServiceCollection services = new();
        services.AddSingleton<ResolverFactory>(new StaticResolverFactory(_ => [.. ports.Select(p => new BalancerAddress("127.0.0.1", p))]));
        return GrpcChannel.ForAddress("static:///service-b", new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.Insecure,
            ServiceProvider = services.BuildServiceProvider(),
            ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new RoundRobinConfig() } },
        });
    }

    public static async Task<string> CallAsync(GrpcChannel channel)
    {
        try
        {
            CallOptions options = new(deadline: DateTime.UtcNow.AddSeconds(20));
            return await channel.CreateCallInvoker().AsyncUnaryCall(Ask, null, options, "x").ResponseAsync;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode.ToString();
        }
    }

    public static async Task<int> StartAsync(string answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
        WebApplication app = builder.Build();
        app.MapPost("/t.T/Ask", async (HttpContext context) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.ContentType = "application/grpc";
            context.Response.AppendTrailer("grpc-status", "0");
            byte[] text = Encoding.UTF8.GetBytes(answer);
            await context.Response.Body.WriteAsync((byte[])[0, 0, 0, 0, (byte)text.Length, .. text]);
        });
        await app.StartAsync();
        return new Uri(app.Urls.First()).Port;
    }
}
END
dotnet build -c Release --nologo -v quiet > build.log 2>&1 || { cat build.log; exit 2; }
seen=$(timeout 100 dotnet bin/Release/net10.0/finding.dll)

cat << END
version:  Grpc.Net.Client 2.85.0
expected: the connection leaves the state Ready when a call finds it refused, and calls go to the living server only
source:   gRPC connectivity semantics: a failed connection is TRANSIENT_FAILURE, and round_robin picks READY ones only
seen:
$seen
END
recorded=$(cat << 'END'
at once: 10 of 20 calls failed, the state is Ready
10 s later: 10 of 20 calls failed, the state is Ready
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
