using System.Globalization;

namespace Berth.Kubernetes.Model;

/// <summary>One process of a pod, as the endpoint of a slice. Pods live on the host network: the address is the node's.</summary>
/// <param name="Id">Tells processes apart in the model alone; no client sees it.</param>
/// <param name="Name">The pod's name, or null for an endpoint written by hand without one.</param>
/// <param name="Node">The node, from 1 on.</param>
/// <param name="HasUid">False for one written by hand, with a hostname only.</param>
/// <param name="Ready">The condition.</param>
/// <param name="Serving">The condition.</param>
/// <param name="Terminating">The condition.</param>
internal sealed record ClusterEndpoint(int Id, string? Name, int Node, bool HasUid, bool Ready, bool Serving, bool Terminating)
{
    public string? Uid => HasUid && Name is not null ? string.Create(CultureInfo.InvariantCulture, $"uid-{Id}") : null;

    public string NodeName => string.Create(CultureInfo.InvariantCulture, $"node-{Node}");

    public string Zone => string.Create(CultureInfo.InvariantCulture, $"z{Node % 3}");

    public string Address(bool ipv6) => string.Create(CultureInfo.InvariantCulture, $"{(ipv6 ? "fd00:77::" : "10.77.0.")}{Node}");

    public string ToJson(bool ipv6)
    {
        // An unset condition has its documented default. That must make no difference.
        string conditions = Ready && Serving && !Terminating && Id % 3 == 0
            ? "{}"
            : $$"""{"ready":{{Word(Ready)}},"serving":{{Word(Serving)}},"terminating":{{Word(Terminating)}}}""";
        string name = Name is null ? ""
            : HasUid ? $$$""","targetRef":{"kind":"Pod","namespace":"k8s-example2","name":"{{{Name}}}","uid":"{{{Uid}}}"}"""
            : $",\"hostname\":\"{Name}\"";
        return $$"""{"addresses":["{{Address(ipv6)}}"],"conditions":{{conditions}}{{name}},"nodeName":"{{NodeName}}","zone":"{{Zone}}"}""";
    }

    public override string ToString() => $"{Name ?? "?"}#{Id}/{Node}{(Ready ? "" : "-")}{(Serving ? "" : "!")}{(Terminating ? "x" : "")}";

    private static string Word(bool flag) => flag ? "true" : "false";
}
