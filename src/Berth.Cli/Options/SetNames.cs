namespace Berth.Cli.Options;

/// <summary>The StatefulSets of the targets: one name for all of them, or one for each.</summary>
internal sealed class SetNames
{
    private readonly Dictionary<ServiceTarget, string> _byTarget = [];
    private string? _ofAll;

    /// <summary>Nothing is named.</summary>
    public static SetNames None { get; } = new();

    /// <summary>Parses <c>NAME</c> and <c>NAMESPACE/SERVICE=NAME</c>, with commas between.</summary>
    public static SetNames Parse(string text, out string? fault)
    {
        SetNames names = new();
        fault = null;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
            fault ??= names.Add(part);
        return names;
    }

    /// <summary>The StatefulSet of a target, or null where none is named.</summary>
    public string? Find(ServiceTarget target) => _byTarget.GetValueOrDefault(target, _ofAll!);

    private string? Add(string part)
    {
        int equals = part.IndexOf('=', StringComparison.Ordinal);
        string name = part[(equals + 1)..];
        ServiceTarget target = default;
        if (equals >= 0 && !ServiceTarget.TryParse(part[..equals], out target, out string? fault))
            return fault;
        // A label of its pods contains its name, so it has the form of a Service's name.
        if (!ServiceTarget.TryParse($"default/{name}", out _, out _))
            return $"'{name}' is not a name that a StatefulSet can have. Give it as kubectl get statefulsets shows it.";
        bool isSecond = equals < 0 ? _ofAll is not null : !_byTarget.TryAdd(target, name);
        if (isSecond)
            return "Two StatefulSets are named for " + (equals < 0 ? "all targets" : $"{target}") + ". Name one.";
        if (equals < 0)
            _ofAll = name;
        return null;
    }
}
