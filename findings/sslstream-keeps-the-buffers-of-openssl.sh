#!/usr/bin/env bash
# Subject: .NET 10.0, SslStream on Linux with OpenSSL 3. Seen 2026-11-29.
#
# Behaviour: The contexts that SslStream makes have not the mode SSL_MODE_RELEASE_BUFFERS. So OpenSSL keeps a buffer for
# reading and one for writing, about 17 KB each, for each connection, also while it is idle.
#
# Why it matters: A server with 10,000 idle event streams over TLS keeps 160 MB and more that nothing uses. A
# comparison of memory with nginx or CPython, which set this mode, shows a factor. A program can set it: OpenSSL calls
# a function for each new context (CRYPTO_get_ex_new_index).
#
# Needs: .NET SDK 10, OpenSSL 3 (libssl.so.3) and NuGet. Runs on loopback only, removes its folder, exits 1 if the
# behaviour changed.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 NUGET_PACKAGES="$work/packages"
cat > finding.csproj << 'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
    <UseSharedCompilation>false</UseSharedCompilation>
  </PropertyGroup>
</Project>
END
cat > Program.cs << 'END'
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

const int SetMode = 33;
const int ReleaseBuffers = 0x10;
Contexts.Listen();
using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
using X509Certificate2 certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
    .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
using TcpListener listener = new(IPAddress.Loopback, 0);
listener.Start();
using TcpClient near = new();
Task connect = near.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
using TcpClient far = await listener.AcceptTcpClientAsync();
await connect;
SslStream server = new(far.GetStream()), client = new(near.GetStream());
Task accept = server.AuthenticateAsServerAsync(certificate);
await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
{
    TargetHost = "localhost",
    RemoteCertificateValidationCallback = static (_, _, _, _) => true,
});
await accept;
nint[] contexts = [.. Contexts.Made];
Console.WriteLine($"contexts of one connection, one on each side: {contexts.Length >= 2}");
foreach (int index in new[] { 0, contexts.Length - 1 })
    Console.WriteLine($"releases its buffers: {(Contexts.Control(contexts[index], SetMode, 0, 0) & ReleaseBuffers) != 0}");

internal static unsafe class Contexts
{
    public static List<nint> Made { get; } = [];

    public static void Listen() => GetNewIndex(1, 0, 0, &Take, 0, 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Take(nint context, nint value, nint values, int index, nint number, nint argument)
    {
        lock (Made)
            Made.Add(context);
    }

    [DllImport("libcrypto.so.3", EntryPoint = "CRYPTO_get_ex_new_index")]
    private static extern int GetNewIndex(
        int kind, nint number, nint argument, delegate* unmanaged[Cdecl]<nint, nint, nint, int, nint, nint, void> made,
        nint copied, nint freed);

    [DllImport("libssl.so.3", EntryPoint = "SSL_CTX_ctrl")]
    public static extern nint Control(nint context, int command, nint number, nint argument);
}
END
dotnet build -c Release --nologo -v quiet > build.log 2>&1 || { cat build.log; exit 2; }
seen=$(timeout 100 dotnet bin/Release/net10.0/finding.dll)

cat << END
version:  .NET 10.0, SslStream, $(openssl version 2>/dev/null | cut -d' ' -f1,2 || echo OpenSSL 3)
expected: the mode is set, so that an idle connection has no buffers
source:   OpenSSL, SSL_CTX_set_mode(3): the text of SSL_MODE_RELEASE_BUFFERS gives 34 KB for each idle connection
seen:
$seen
END
recorded=$(cat << 'END'
contexts of one connection, one on each side: True
releases its buffers: False
releases its buffers: False
END
)
if [ "$seen" = "$recorded" ]; then
    echo "unchanged"
else
    printf 'CHANGED; recorded was:\n%s\n' "$recorded"
    exit 1
fi
