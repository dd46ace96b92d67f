using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Berth.Kubernetes.Cases;

/// <summary>The statement of one slice about one process of a pod.</summary>
/// <param name="Name">The pod's name.</param>
/// <param name="Uid">The process.</param>
/// <param name="Node">The node, from 1 on. Copies of another cluster's slices state nodes from 100 on.</param>
/// <param name="Ready">The condition.</param>
/// <param name="Serving">The condition.</param>
/// <param name="Terminating">The condition.</param>
internal sealed record CaseEndpoint(string Name, string Uid, int Node, bool Ready, bool Serving, bool Terminating)
{
    /// <summary>The conditions as they are shown.</summary>
    public string State => $"{(Ready ? "r" : "-")}{(Serving ? "s" : "-")}{(Terminating ? "t" : "-")}";

    /// <summary>The node's address in a family: pods are on the host network.</summary>
    public string Address(bool ipv6) => string.Create(CultureInfo.InvariantCulture, $"{(ipv6 ? "fd00:77::" : "10.77.0.")}{Node}");

    /// <summary>The endpoint as the API writes it.</summary>
    public string ToJson(bool ipv6, bool unset)
    {
        // Mirrored slices have no serving and terminating; an unset condition has its documented default.
        string conditions = unset && Serving && !Terminating
            ? Ready ? "{}" : """{"ready":false}"""
            : $$"""{"ready":{{Word(Ready)}},"serving":{{Word(Serving)}},"terminating":{{Word(Terminating)}}}""";
        string pod = $$"""{"kind":"Pod","namespace":"k8s-example2","name":"{{Name}}","uid":"{{Uid}}"}""";
        return $$"""{"addresses":["{{Address(ipv6)}}"],"conditions":{{conditions}},"nodeName":"node-{{Node}}","targetRef":{{pod}}}""";
    }

    public override string ToString() => $"{Name}#{Uid}/{Node}{State}";

    private static string Word(bool flag) => flag ? "true" : "false";
}

/// <summary>The controller that keeps a slice.</summary>
internal enum CaseManager
{
    /// <summary>The controller that follows the Service's selector.</summary>
    Controller,

    /// <summary>The controller that copies Endpoints.</summary>
    Mirroring,

    /// <summary>A copy of another cluster's slices.</summary>
    Peer,
}

/// <summary>One slice as the API has it.</summary>
internal sealed record CaseSlice(string Name, bool IPv6, CaseManager Manager, ImmutableArray<CaseEndpoint> Endpoints)
{
    /// <summary>The number of its port, 0 for a slice without ports.</summary>
    public int Port { get; init; }

    /// <summary>False once it is labelled as another Service's.</summary>
    public bool IsOurs { get; init; } = true;

    /// <summary>False for a slice whose Service was deleted without it.</summary>
    public bool HasOwner { get; init; } = true;

    /// <summary>The version of this state.</summary>
    public long Version { get; init; }

    /// <summary>True when the controller deals pods out to it.</summary>
    public bool IsDealt => Manager == CaseManager.Controller;

    /// <summary>The slice as the API writes it.</summary>
    public string ToJson()
    {
        string manager = Manager switch
        {
            CaseManager.Controller => "endpointslice-controller.k8s.io",
            CaseManager.Mirroring => "endpointslicemirroring-controller.k8s.io",
            _ => "peer.example",
        };
        string owner = HasOwner
            ? ""","ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"service-b","uid":"5e1"}]"""
            : "";
        StringBuilder json = new();
        string service = IsOurs ? "service-b" : "other";
        string labels = $$"""{"kubernetes.io/service-name":"{{service}}","endpointslice.kubernetes.io/managed-by":"{{manager}}"}""";
        json.Append("""{"metadata":{"namespace":"k8s-example2",""")
            .Append(CultureInfo.InvariantCulture, $"\"name\":\"{Name}\",\"resourceVersion\":\"{Version}\",\"labels\":{labels}{owner}}},")
            .Append(CultureInfo.InvariantCulture, $"\"addressType\":\"{(IPv6 ? "IPv6" : "IPv4")}\",\"endpoints\":");
        json.Append(Endpoints.IsEmpty ? "null" : "[")
            .AppendJoin(',', Endpoints.Select(e => e.ToJson(IPv6, Manager == CaseManager.Mirroring || Version % 3 == 0)));
        json.Append(Endpoints.IsEmpty ? "" : "]");
        return json.Append(Port == 0 ? ",\"ports\":null}" : $$""","ports":[{"name":"","protocol":"TCP","port":{{Port}}}]}""").ToString();
    }

    public override string ToString() =>
        $"{Name}@{Version}:{Port}{(Manager == CaseManager.Controller ? "" : $" {Manager}")}[{string.Join(' ', Endpoints)}]";
}
