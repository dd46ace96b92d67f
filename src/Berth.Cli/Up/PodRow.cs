using System.Globalization;
using Berth.LocalCluster;
using Berth.Ports;

namespace Berth.Cli.Up;

/// <summary>A pod in the table.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Address">Its address and port, or only the address when the port is unknown, or <c>-</c>.</param>
/// <param name="State">One or two words: ready, not ready, terminating, or the status that kubectl shows.</param>
/// <param name="Restarts">The number of restarts of its process.</param>
/// <param name="Node">Its node, or <c>-</c>.</param>
internal sealed record PodRow(string Namespace, string Name, string Address, string State, int Restarts, string Node)
{
    public bool IsReady => State == "ready";

    /// <summary>The seats in use and in all, such as <c>3/8</c>, or the state of the desk; null for a pod without a desk.</summary>
    public string? Seats { get; init; }

    /// <summary>Returns the rows of all pods. The pods of a set are in order of their ordinals.</summary>
    /// <param name="pods">The pods.</param>
    /// <param name="options">The options.</param>
    /// <param name="seats">The seats by pod of service B.</param>
    public static IReadOnlyList<PodRow> FromAll(
        IEnumerable<PodSummary> pods, UpOptions options, IReadOnlyDictionary<string, string> seats) =>
    [
        .. pods.OrderBy(static pod => pod.Namespace, StringComparer.Ordinal)
            .ThenBy(static pod => SetAndOrdinalOf(pod.Name))
            .Select(pod => From(pod, options) with { Seats = seats.GetValueOrDefault(pod.Name) }),
    ];

    private static PodRow From(PodSummary pod, UpOptions options) =>
        new(pod.Namespace, pod.Name, AddressOf(pod, options), StateOf(pod), pod.Restarts, pod.Node ?? "-");

    /// <summary>Formats the row as one line, for a view without a table.</summary>
    public override string ToString() => $"{Name}  {Address}  {State}  {Node}{(Seats is null ? "" : $"  seats {Seats}")}" + Restarts switch
    {
        0 => "",
        1 => "  1 restart",
        _ => string.Create(CultureInfo.InvariantCulture, $"  {Restarts} restarts"),
    };

    private static (string Set, int Ordinal) SetAndOrdinalOf(string pod) =>
        PodOrdinal.TryReadStem(pod, out ReadOnlySpan<char> stem, out int ordinal) ? (stem.ToString(), ordinal) : (pod, 0);

    private static string StateOf(PodSummary pod) =>
        pod.Terminating ? "terminating"
        : pod.State != "Running" ? pod.State
        : pod.Ready ? "ready" : "not ready";

    private static string AddressOf(PodSummary pod, UpOptions options)
    {
        if (string.IsNullOrEmpty(pod.PodIP))
            return "-";
        if (!options.IsBuiltIn || !pod.Labels.TryGetValue("app", out string? app))
            return pod.PodIP;
        int? port = app switch
        {
            UpOptions.ServiceA => UpSettings.DefaultPort,
            UpOptions.ServiceB when PodOrdinal.TryParse(pod.Name, out int ordinal, out _)
                && PortRange.TryCompute(options.BasePort, ordinal, 1, out int own, out _) => own,
            _ => null,
        };
        return port is null ? pod.PodIP : string.Create(CultureInfo.InvariantCulture, $"{pod.PodIP}:{port}");
    }
}
