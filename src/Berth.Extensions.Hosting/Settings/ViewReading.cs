using Berth.Checks;
using Berth.Sources;
using Berth.Targets;

namespace Berth.Extensions.Hosting.Settings;

/// <summary>The content of a view's settings: its target and its port scheme, or the faults that stand in the way.</summary>
internal sealed class ViewReading
{
    private readonly OptionFaults _faults = new();
    private readonly string _path;

    private ViewReading(string name) => _path = SettingsPaths.OfView(name);

    /// <summary>The target. The default value while there are faults.</summary>
    public ServiceTarget Target { get; private set; }

    /// <summary>The port scheme. Null while there are faults.</summary>
    public PortScheme? Ports { get; private set; }

    /// <summary>A sentence for each fault, with the path of the setting.</summary>
    public IReadOnlyList<string> Faults => _faults.Found;

    /// <summary>Reads the settings of a view.</summary>
    public static ViewReading Read(string name, BerthViewSettings settings)
    {
        ViewReading reading = new(name);
        reading.ReadTarget(settings);
        reading.ReadPorts(settings);
        reading.CheckPods(settings);
        return reading;
    }

    private void ReadTarget(BerthViewSettings settings)
    {
        int before = Faults.Count;
        CheckName(settings.Namespace, nameof(settings.Namespace), "the namespace of the Service");
        CheckName(settings.Service, nameof(settings.Service), "the name of the Service");
        if (settings.StatefulSet is not null)
            CheckName(settings.StatefulSet, nameof(settings.StatefulSet), "the name of the StatefulSet");
        if (Faults.Count == before)
            Target = new ServiceTarget(settings.Namespace!, settings.Service!);
    }

    private void CheckName(string? name, string setting, string meaning)
    {
        if (name is null or "")
            _faults.Check(false, $"{_path}:{setting} is missing. Set it to {meaning}.");
        else if (Dns1123.FaultOfLabel(name) is { } fault)
            _faults.Check(false, $"{_path}:{setting} is '{name}', which {fault}. Set it to {meaning}.");
    }

    private void ReadPorts(BerthViewSettings settings)
    {
        int before = Faults.Count;
        string[] given = [.. Ways(settings)];
        if (given.Length > 1)
            _faults.Check(false, $"{_path} computes ports in {given.Length} ways: {string.Join(", ", given)}. Keep one of them.");
        _faults.CheckRange(settings.Stride, 1, 65535, $"{_path}:{nameof(settings.Stride)}");
        if (settings.BasePort is { } basePort)
            _faults.CheckRange(basePort, 1, 65535, $"{_path}:{nameof(settings.BasePort)}");
        if (settings.FixedPort is { } fixedPort)
            _faults.CheckRange(fixedPort, 1, 65535, $"{_path}:{nameof(settings.FixedPort)}");
        EndpointPort[] named = [.. settings.Ports.Select(ReadPort)];
        if (given.Length == 0 && !HasOwnPorts(settings))
        {
            _faults.Check(
                false,
                $"{_path}:{nameof(settings.BasePort)} is missing. Set it to the port of ordinal 0, or set Ports, FixedPort or " +
                "PortsFromService.");
        }

        if (Faults.Count > before)
            return;
        try
        {
            Ports = settings.BasePort is { } first ? PortScheme.PerOrdinal(first, settings.Stride)
                : named.Length > 0 ? PortScheme.PerOrdinal(named, settings.Stride)
                : settings.FixedPort is { } one ? PortScheme.Fixed(one)
                : PortScheme.FromService(null, settings.Stride);
        }
        catch (ArgumentException exception)
        {
            _faults.Check(false, $"{_path}:{nameof(settings.Ports)} cannot be used. {exception.Message}");
        }
    }

    private EndpointPort ReadPort(BerthPortSettings port, int index)
    {
        string path = $"{_path}:{nameof(BerthViewSettings.Ports)}:{index}";
        _faults.Check(!string.IsNullOrEmpty(port.Name), $"{path}:{nameof(port.Name)} is missing. Set it to the name of the port.");
        if (port.Base is { } number)
            _faults.CheckRange(number, 1, 65535, $"{path}:{nameof(port.Base)}");
        else
            _faults.Check(false, $"{path}:{nameof(port.Base)} is missing. Set it to the port of ordinal 0.");
        _faults.Check(
            port.Protocol is "TCP" or "UDP" or "SCTP", $"{path}:{nameof(port.Protocol)} is '{port.Protocol}'. Set it to TCP, UDP or SCTP.");
        return new EndpointPort(port.Name ?? "", port.Base ?? 0, port.Protocol);
    }

    private void CheckPods(BerthViewSettings settings)
    {
        if (Ports is null || Target == default)
            return;
        foreach ((string name, string text) in settings.Pods)
        {
            if (!PodText.TryParse(Target, Ports, name, text, out _, out string? fault))
                _faults.Check(false, $"{_path}:{nameof(settings.Pods)}:{name} cannot be used: {fault}.");
        }
    }

    private static IEnumerable<string> Ways(BerthViewSettings settings)
    {
        if (settings.BasePort is not null)
            yield return nameof(settings.BasePort);
        if (settings.Ports.Count > 0)
            yield return nameof(settings.Ports);
        if (settings.FixedPort is not null)
            yield return nameof(settings.FixedPort);
        if (settings.PortsFromService)
            yield return nameof(settings.PortsFromService);
    }

    // Pods that are all written with their ports need no rule.
    private static bool HasOwnPorts(BerthViewSettings settings) =>
        settings.Pods.Count > 0
            && settings.Pods.Values.All(static text => AddressText.TryParse(text, out _, out int? port) && port is not null);
}
