#!/usr/bin/env bash
# Subject: Grpc.Net.Client 2.85.0. Seen 2026-11-27.
#
# Behaviour: The status with which a resolver fails is handed to the caller of an RPC as it is.
#
# Why it matters: "This service is not in the cluster" (NotFound from discovery) cannot be told from "this room
# does not exist" (NotFound from the server). A caller that takes it for an answer does not try again.
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

foreach (StatusCode code in (StatusCode[])[StatusCode.NotFound, StatusCode.AlreadyExists, StatusCode.Aborted])
{
    using GrpcChannel channel = Rpc.Open(listener =>
    {
        listener(ResolverResult.ForFailure(new Status(code, "no such service")));
        return true;
    });
    Console.WriteLine($"the resolver reports {code}, the caller gets {await Rpc.CallAsync(channel)}");
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
expected: Internal for each of the three
source:   gRFC A54 "Restrict Control-Plane Status Codes": NOT_FOUND, ALREADY_EXISTS, ABORTED of a control plane become
          INTERNAL
seen:
$seen
END
recorded=$(cat << 'END'
the resolver reports NotFound, the caller gets NotFound
the resolver reports AlreadyExists, the caller gets AlreadyExists
the resolver reports Aborted, the caller gets Aborted
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
