using Berth.Kubernetes.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Faults;

/// <summary>
/// The differences of a test's environment from the usual one: HTTP/2 over TLS, a pod's service account, pods named b-N on base 3000.
/// </summary>
internal sealed record RigOptions
{
    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1AndHttp2;

    /// <summary>True for a server that answers in protobuf.</summary>
    public bool KnowsProtobuf { get; init; }

    public bool Relayed { get; init; }

    /// <summary>True to put a relay of HTTP/2 frames in front of the server.</summary>
    public bool Framed { get; init; }

    public bool StreamingLists { get; init; }

    public AddressMode AddressMode { get; init; }

    public AddressFamilies AddressFamilies { get; init; }

    public bool LastResort { get; init; }

    public IReadOnlyList<ExternalAddressSource> ExternalFrom { get; init; } = [ExternalAddressSource.ExternalIP];

    /// <summary>Addresses that the API server does not state, and that may be given: those of a map.</summary>
    public IReadOnlyList<string> Mapped { get; init; } = [];

    /// <summary>The StatefulSet that is asked for, or null.</summary>
    public string? StatefulSetName { get; init; }

    public PortScheme Ports { get; init; } = TestPods.Ports;

    public KubernetesApiOptions? Api { get; init; }
}
