using System.Globalization;
using Berth.LocalCluster;

namespace Berth.Cli.Up;

/// <summary>A pod as the table shows it.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Address">Where it listens, or the address alone where the port is not known, or <c>-</c>.</param>
/// <param name="State">One word or two: ready, not ready, terminating, or what kubectl shows.</param>
/// <param name="Restarts">How often its process was started again.</param>
/// <param name="Node">Its node, or <c>-</c>.</param>
internal sealed record PodRow(string Namespace, string Name, string Address, string State, int Restarts, string Node)
{
    public bool IsReady => State == "ready";

    /// <summary>The rows of all pods, those of a set by their ordinals.</summary>
    public static IReadOnlyList<PodRow> FromAll(IEnumerable<PodSummary> pods, UpPlan plan) =>
    [
        .. pods.OrderBy(static pod => pod.Namespace, StringComparer.Ordinal)
            .ThenBy(static pod => SetAndOrdinalOf(pod.Name)).Select(pod => From(pod, plan)),
    ];

    private static PodRow From(PodSummary pod, UpPlan plan) =>
        new(pod.Namespace, pod.Name, AddressOf(pod, plan), StateOf(pod), pod.Restarts, pod.Node ?? "-");

    /// <summary>The row as a line of its own, for where there is no table.</summary>
    public override string ToString() => $"{Name}  {Address}  {State}  {Node}" + Restarts switch
    {
        0 => "",
        1 => "  1 restart",
        _ => string.Create(CultureInfo.InvariantCulture, $"  {Restarts} restarts"),
    };

    private static (string Set, int Ordinal) SetAndOrdinalOf(string pod) =>
        PodOrdinal.TryParse(pod, out int ordinal, out _) ? (pod[..pod.LastIndexOf('-')], ordinal) : (pod, 0);

    private static string StateOf(PodSummary pod) =>
        pod.Terminating ? "terminating"
        : pod.State != "Running" ? pod.State
        : pod.Ready ? "ready" : "not ready";

    private static string AddressOf(PodSummary pod, UpPlan plan)
    {
        if (string.IsNullOrEmpty(pod.PodIP))
            return "-";
        if (!plan.IsBuiltIn || !pod.Labels.TryGetValue("app", out string? app))
            return pod.PodIP;
        int? port = app switch
        {
            UpPlan.ServiceA => UpSettings.DefaultPort,
            UpPlan.ServiceB when PodOrdinal.TryParse(pod.Name, out int ordinal, out _) => plan.BasePort + ordinal,
            _ => null,
        };
        return port is null ? pod.PodIP : string.Create(CultureInfo.InvariantCulture, $"{pod.PodIP}:{port}");
    }
}
