#!/usr/bin/env bash
# Subject: Grpc.Net.Client 2.85.0. Seen 2026-11-27.
#
# Behaviour: A pod that a resolver takes from the list gets no more calls, unless it was the last: a good but
# empty list is ignored while the connection is up, and calls go on to a pod that is in no list.
#
# Why it matters: A service scaled to 0, or with no pod that is ready, still gets calls. A pod that drains is
# never left, if it is the last.
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
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

int first = await Rpc.StartAsync("pod 0");
int second = await Rpc.StartAsync("pod 1");
Action<ResolverResult>? listener = null;
using GrpcChannel channel = Rpc.Open(l =>
{
    listener = l;
    l(ResolverResult.ForResult([new BalancerAddress("127.0.0.1", first)]));
    return true;
});
Console.WriteLine($"list of pod 0: answered by {await Rpc.CallAsync(channel)}");
listener!(ResolverResult.ForResult([new BalancerAddress("127.0.0.1", second)]));
await Task.Delay(TimeSpan.FromSeconds(2));
Console.WriteLine($"2 s after a list of pod 1: answered by {await Rpc.CallAsync(channel)}");
listener!(ResolverResult.ForResult([]));
await Task.Delay(TimeSpan.FromSeconds(2));
Console.WriteLine($"2 s after an empty list: answered by {await Rpc.CallAsync(channel)}");

static class Rpc
{
    static readonly Marshaller<string> Text = Marshallers.Create(Encoding.UTF8.GetBytes, bytes => Encoding.UTF8.GetString(bytes));
    static readonly Method<string, string> Ask = new(MethodType.Unary, "t.T", "Ask", Text, Text);

    public static GrpcChannel Open(Func<Action<ResolverResult>, bool> start)
    {
        ServiceCollection services = new();
        services.AddSingleton<ResolverFactory>(new PushFactory(start));
        return GrpcChannel.ForAddress("push:///service-b", new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.Insecure,
            ServiceProvider = services.BuildServiceProvider(),
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

    sealed class PushFactory(Func<Action<ResolverResult>, bool> start) : ResolverFactory
    {
        public override string Name => "push";

        public override Resolver Create(ResolverOptions options) => new Push(start);
    }

    sealed class Push(Func<Action<ResolverResult>, bool> start) : Resolver
    {
        public override void Start(Action<ResolverResult> listener) => start(listener);
    }
}
END
dotnet build -c Release --nologo -v quiet > build.log 2>&1 || { cat build.log; exit 2; }
seen=$(timeout 100 dotnet bin/Release/net10.0/finding.dll)

cat << END
version:  Grpc.Net.Client 2.85.0
expected: Unavailable after the empty list, as pod 0 was left when it was taken from the list
source:   XML documentation of LoadBalancer: it is responsible for closing unused subchannels; ForResult is a success, not a
          failure
seen:
$seen
END
recorded=$(cat << 'END'
list of pod 0: answered by pod 0
2 s after a list of pod 1: answered by pod 1
2 s after an empty list: answered by pod 1
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
