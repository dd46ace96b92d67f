using System.Globalization;
using Berth.Planning;
using Berth.Ports;

namespace Berth.Cli.Options;

/// <summary>The options of <c>berth plan</c>.</summary>
internal static class PlanSettings
{
    private const string EphemeralFile = "/proc/sys/net/ipv4/ip_local_port_range";

    public static Setting<string[]> Files { get; } = new(
        "file", "FILE|DIR|-",
        "Manifests: a file, a folder, a kustomization, or - for standard input; repeat for more. Default: the cluster.",
        ParseFiles, [], separator: ',', "-f");

    public static Setting<bool> WithCluster { get; } = new(
        "with-cluster", "true|false", "Also count the objects of the cluster that --file does not replace. Default false.",
        CommonParsers.OneOf("truth", ("true", true), ("false", false)), false);

    public static Setting<string?> Namespace { get; } = new(
        "namespace", "NAME", "The namespace of objects that state none, and the only one that is read of a cluster. Default: all.",
        ParseNamespace, null, separator: null, "-n");

    public static Setting<IReadOnlyDictionary<string, string>> Ports { get; } = new(
        "ports", "NAMESPACE/NAME=PORTS",
        "The ports of a workload that states none: games/lobby=4000, games/lobby=game=4000,admin=5000 or games/lobby=4000@10 for a "
            + "stride of 10; repeat for more.",
        ParsePorts, new Dictionary<string, string>(), separator: ';');

    public static Setting<PlanRange?> NodePorts { get; } = new(
        "node-ports", "FIRST-LAST|none",
        "The NodePort range. Default: the range of the API server's own pods where they are read, else 30000-32767.",
        ParseRange, PlanRange.NodePorts);

    public static Setting<PlanRange?> Ephemeral { get; } = new(
        "ephemeral-ports", "FIRST-LAST|node|none",
        "The ephemeral range of the nodes; node reads that of this machine. Default: 32768-60999, that of Linux, is assumed.",
        ParseEphemeral, PlanRange.Ephemeral);

    public static Setting<PlanRange[]> Reserved { get; } = new(
        "reserved", "FIRST-LAST", "Ports that other programs of the nodes use; repeat for more.", ParseRanges, [], separator: ',');

    public static Setting<int> Headroom { get; } = new(
        "headroom", "PODS", "The pods by which each set without an autoscaler must be able to grow, 0..65535. Default 1.",
        CommonParsers.Between(0, 65535, "headroom"), 1);

    public static Setting<string[]> Skip { get; } = new(
        "skip", "RULE", "A rule to leave out; repeat for more.", ParseRules, [], separator: ',');

    public static Setting<bool> SkipUnknown { get; } = new(
        "skip-unknown", "true|false", "Leave out objects of unknown kinds. Default false: they are named, and the exit code is 2.",
        CommonParsers.OneOf("truth", ("true", true), ("false", false)), false);

    public static Setting<PlanFormat> Format { get; } = new(
        "output", "table|json|sarif", "The format of the faults. Default table.",
        CommonParsers.OneOf("output format", ("table", PlanFormat.Table), ("json", PlanFormat.Json), ("sarif", PlanFormat.Sarif)),
        PlanFormat.Table, separator: null, "-o");

    public static Setting<int> Pods { get; } = new(
        "pods", "N", "The most pods that the new set will have, 1..65535. Default 100.", CommonParsers.Between(1, 65535, "number of pods"),
        100);

    public static Setting<string[]> Names { get; } = new(
        "name", "NAME", "The names of the ports of each pod, in the order of their bases; repeat for more. Default: one without a name.",
        ParseNames, [], separator: ',');

    public static Setting<int> From { get; } = new(
        "from", "PORT", "The port to begin the search at, 1..65535. Default 3000.", CommonParsers.Between(1, 65535, "port"), 3000);

    public static Setting<int> Multiple { get; } = new(
        "multiple-of", "N", "Make the base port a multiple of it, 1..10000. Default 100.",
        CommonParsers.Between(1, 10000, "multiple"), 100);

    /// <summary>The options of every command of <c>berth plan</c>.</summary>
    public static Setting[] OfInput { get; } =
    [
        Files, WithCluster, Namespace, Ports, NodePorts, Ephemeral, Reserved, SkipUnknown, ClusterSettings.Kubeconfig,
        ClusterSettings.Context,
    ];

    public static PlanOptions Read(SettingsReader reader) => new()
    {
        Ports = reader.Get(Ports),
        NodePorts = reader.Get(NodePorts),
        Ephemeral = reader.Get(Ephemeral),
        Reserved = reader.Get(Reserved),
        SkipUnknown = reader.Get(SkipUnknown),
    };

    private static string[] ParseFiles(string text, out string? fault)
    {
        fault = null;
        return text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private static string? ParseNamespace(string text, out string? fault)
    {
        fault = ServiceTarget.TryParse($"{text}/x", out _, out _) ? null : $"'{text}' is not a name that a namespace can have. Correct it.";
        return text;
    }

    private static string[] ParseNames(string text, out string? fault)
    {
        string[] names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        fault = names.Distinct(StringComparer.Ordinal).Count() < names.Length ? "Two ports have one name. Give each its own." : null;
        return names;
    }

    private static string[] ParseRules(string text, out string? fault)
    {
        string[] rules = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string? unknown = rules.FirstOrDefault(static rule => PlanRule.All.All(known => known.Id != rule));
        fault = unknown is null
            ? null
            : $"There is no rule '{unknown}'. Choose from {string.Join(", ", PlanRule.All.Select(static rule => rule.Id))}.";
        return rules;
    }

    private static Dictionary<string, string> ParsePorts(string text, out string? fault)
    {
        Dictionary<string, string> ports = new(StringComparer.Ordinal);
        fault = null;
        foreach (string part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = part.Split('=', 2);
            string[] value = pair[^1].Split('@', 2);
            if (pair.Length < 2 || pair[0].Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
                fault ??= $"'{part}' does not state the ports of a workload. Write it as games/lobby=4000.";
            else if (value.Length == 2
                && (!int.TryParse(value[1], CultureInfo.InvariantCulture, out int stride) || stride is < 0 or > 65535))
                fault ??= $"The stride '{value[1]}' is not a whole number in 0..65535. 0 gives every pod the same port.";
            else if (PortBases.Parse(value[0], out string? portFault) is null)
                fault ??= portFault;
            else if (!ports.TryAdd(pair[0], pair[1]))
                fault ??= $"The ports of {pair[0]} are stated twice. State them once.";
        }

        return ports;
    }

    private static PlanRange? ParseEphemeral(string text, out string? fault)
    {
        if (text != "node")
            return ParseRange(text, out fault);
        try
        {
            string[] numbers = File.ReadAllText(EphemeralFile).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return ParseRange(string.Join('-', numbers), out fault);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            fault = $"{EphemeralFile} cannot be read: {exception.Message} Give the range itself.";
            return null;
        }
    }

    private static PlanRange[] ParseRanges(string text, out string? fault)
    {
        List<PlanRange> ranges = [];
        fault = null;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (ParseRange(part, out string? own) is { } range)
                ranges.Add(range);
            else
                fault ??= own ?? "'none' is no range here. Leave the option out.";
        }

        return [.. ranges];
    }

    private static PlanRange? ParseRange(string text, out string? fault)
    {
        fault = null;
        if (text == "none")
            return null;
        string[] ends = text.Split('-', 2);
        bool isFirst = int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first);
        bool isLast = int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last);
        bool isWithin = first >= 1 && last <= 65535;
        if (isFirst && isLast && isWithin && first <= last)
            return new PlanRange(first, last);
        fault = $"'{text}' is not a range of ports. Write it as 30000-32767, within 1..65535.";
        return null;
    }
}
