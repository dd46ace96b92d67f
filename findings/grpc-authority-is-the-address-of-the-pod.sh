#!/usr/bin/env bash
# Subject: Grpc.Net.Client 2.85.0, beside @grpc/grpc-js 1.14.7 (npm). Seen 2026-11-27.
#
# Behaviour: With a resolver of its own scheme, the .NET client sends the address that was picked as the :authority
# of each call. The Node client sends the name that the resolver derives from the target, for the same target and
# the same address.
#
# Why it matters: A server or a proxy that routes by name, or logs it, sees another host for each pod, and none that
# it knows.
#
# Needs: .NET SDK 10, NuGet, Node and npm. Runs on loopback only, removes its folder, exits 1 if the behaviour
# changed.
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
    <Nullable>enable</Nullable>
    <UseSharedCompilation>false</UseSharedCompilation>
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

int port = await Rpc.StartAsync("authority");
Console.WriteLine(port);
using GrpcChannel channel = Rpc.Open(listener =>
{
    listener(ResolverResult.ForResult([new BalancerAddress("127.0.0.1", port)]));
    return true;
});
Console.WriteLine($".NET, push:///service-b: {await Rpc.CallAsync(channel)}".Replace($"{port}", "PORT"));
using CancellationTokenSource stop = new(TimeSpan.FromSeconds(60));
while (!stop.IsCancellationRequested && !File.Exists("done"))
{
    await Task.Delay(100);
}

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
            byte[] text = Encoding.UTF8.GetBytes($"{answer} {context.Request.Host}");
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
cat > client.mjs << 'END'
import grpc from '@grpc/grpc-js';

const port = Number(process.argv[2]);

class Push {
  constructor(target, listener) { this.listener = listener; }

  updateResolution() {
    const list = [{ addresses: [{ host: '127.0.0.1', port }] }];
    queueMicrotask(() => this.listener(grpc.experimental.statusOrFromValue(list), {}, null, ''));
  }

  destroy() {}

  static getDefaultAuthority(target) { return target.path; }
}

grpc.experimental.registerResolver('push', Push);
const method = {
  path: '/t.T/Ask', requestStream: false, responseStream: false,
  requestSerialize: Buffer.from, requestDeserialize: String, responseSerialize: Buffer.from, responseDeserialize: String,
};
const Client = grpc.makeClientConstructor({ Ask: method }, 'T');
const client = new Client('push:///service-b', grpc.credentials.createInsecure());
client.Ask('x', { deadline: Date.now() + 20000 }, (error, answer) => {
  console.log(`Node, push:///service-b: ${error ? error.message : answer}`);
  process.exit();
});
END
dotnet build -c Release --nologo -v quiet > build.log 2>&1 || { cat build.log; exit 2; }
npm install --silent --no-update-notifier --no-audit --no-fund --ignore-scripts @grpc/grpc-js@1.14.7 > npm.log 2>&1 \
    || { cat npm.log; exit 2; }
timeout 100 dotnet bin/Release/net10.0/finding.dll > net.out 2> net.err &
server=$!
for _ in $(seq 200); do
    if [ "$(wc -l < net.out)" -ge 2 ]; then break; fi
    sleep 0.1
done
node=$(timeout 30 node client.mjs "$(head -n 1 net.out)")
touch done
wait "$server" || true
seen=$(sed 1d net.out; echo "$node")

cat << END
version:  Grpc.Net.Client 2.85.0, beside @grpc/grpc-js 1.14.7 (npm)
expected: authority service-b from both: the name in the target
source:   gRPC over HTTP2 (PROTOCOL-HTTP2): :authority is the virtual host name of the authority
seen:
$seen
END
recorded=$(cat << 'END'
.NET, push:///service-b: authority 127.0.0.1:PORT
Node, push:///service-b: authority service-b
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
