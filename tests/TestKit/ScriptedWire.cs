using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.TestKit;

/// <summary>The protocol of a <see cref="ScriptedApi"/>.</summary>
public sealed class ScriptedWire
{
    /// <summary>Shown in each handshake from then on; null for plain HTTP.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>The versions of HTTP.</summary>
    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1AndHttp2;

    /// <summary>True to answer in protobuf if the client prefers it, false to know only JSON.</summary>
    public bool KnowsProtobuf { get; init; }

    internal void Apply(ListenOptions listen)
    {
        listen.Protocols = Protocols;
        if (Certificate is not null)
            listen.UseHttps(https => https.ServerCertificateSelector = (_, _) => Certificate);
    }
}
