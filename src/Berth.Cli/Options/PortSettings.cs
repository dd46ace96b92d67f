using Berth.Ports;

namespace Berth.Cli.Options;

/// <summary>The options for the ports of pods, and the port scheme that they define.</summary>
internal static class PortSettings
{
    public const int DefaultBase = 3000;

    public static Setting<EndpointPort[]?> BasePort { get; } = new(
        "base-port",
        "PORT|NAME=PORT,..",
        "The port of ordinal 0, 1..65535; or several named bases, game=4000,admin=5000/TCP. The first is the main one. "
            + "Default 3000 when no port option is given; berth dispatch has no default.",
        PortBases.Parse,
        null);

    public static Setting<string?> PortName { get; } = new(
        "port-name", "NAME", "Take the base from the Service's port of this name: its targetPort, as EndpointSlices state it.",
        CommonParsers.Text, null);

    public static Setting<EndpointPort[]?> FixedPort { get; } = new(
        "fixed-port",
        "PORT|NAME=PORT,..",
        "One port for every pod, 1..65535, for one pod per node, as in a DaemonSet; or several, game=4000,admin=5000/UDP.",
        PortBases.ParseFixed,
        null);

    public static Setting<int> Stride { get; } = new(
        "stride", "N", "The distance of ports between two ordinals, 1..65535. Default 1.", CommonParsers.Between(1, 65535, "stride"), 1);

    /// <summary>The options of commands that look for pods. The base port may also come from the Service.</summary>
    public static Setting[] OfTarget { get; } = [BasePort, PortName, FixedPort, Stride];

    /// <summary>The options of commands that run in a pod. A pod cannot learn its Service's ports from its own name.</summary>
    public static Setting[] OfPod { get; } = [BasePort, FixedPort, Stride];

    /// <summary>
    /// Creates the scheme. Of base, name and fixed port, the one from the highest origin counts. Two from one origin are a fault.
    /// </summary>
    /// <param name="reader">The settings.</param>
    /// <param name="ofPod">True when a pod looks for its own port.</param>
    /// <param name="required">True when there is no default base.</param>
    /// <param name="ofDispatcher">True when the default is what a dispatcher states.</param>
    public static PortScheme Read(SettingsReader reader, bool ofPod, bool required = false, bool ofDispatcher = false)
    {
        EndpointPort[]? bases = reader.Get(BasePort);
        EndpointPort[]? fixedPorts = reader.Get(FixedPort);
        string? name = ofPod ? null : reader.Get(PortName);
        int stride = reader.Get(Stride);
        Setting[] choices = ofPod ? [BasePort, FixedPort] : [BasePort, PortName, FixedPort];
        SettingOrigin highest = choices.Max(reader.OriginOf);
        Setting[] given = [.. choices.Where(choice => highest != SettingOrigin.Nowhere && reader.OriginOf(choice) == highest)];
        string names = string.Join(", ", choices.Select(static choice => "--" + choice.Name));
        if (given.Length > 1)
            reader.Fault(
                $"{string.Join(" and ", given.Select(static choice => "--" + choice.Name))} are both given. Choose one of {names}.");
        if (given.Length == 0 && required)
            reader.Fault($"No port is given. Give one of {names}, such as --base-port {DefaultBase}.");
        Setting? chosen = given.FirstOrDefault();
        if (chosen == FixedPort && reader.OriginOf(Stride) == highest)
            reader.Fault("--stride has no meaning with --fixed-port, which is the same for every pod. Leave one out.");
        return chosen is null && ofDispatcher ? PortScheme.FromService()
            : chosen == FixedPort ? Fixed(fixedPorts ?? [new EndpointPort("", DefaultBase)], reader)
            : chosen == PortName ? PortScheme.FromService(name, stride)
            : PerOrdinal(bases ?? [new EndpointPort("", DefaultBase)], stride, reader);
    }

    private static PortScheme Fixed(EndpointPort[] ports, SettingsReader reader)
    {
        try
        {
            return PortScheme.Fixed(ports);
        }
        catch (ArgumentException exception)
        {
            reader.Fault($"--{FixedPort.Name}: {SentenceOf(exception)}");
            return PortScheme.Fixed(DefaultBase);
        }
    }

    private static PortScheme PerOrdinal(EndpointPort[] bases, int stride, SettingsReader reader)
    {
        try
        {
            return PortScheme.PerOrdinal(bases, stride);
        }
        catch (ArgumentException exception)
        {
            reader.Fault($"--{BasePort.Name}: {SentenceOf(exception)}");
            return PortScheme.PerOrdinal(DefaultBase);
        }
    }

    /// <summary>Returns the message without the parameter name, which means nothing to a user.</summary>
    private static string SentenceOf(ArgumentException exception)
    {
        int suffix = exception.Message.IndexOf(" (Parameter ", StringComparison.Ordinal);
        return suffix < 0 ? exception.Message : exception.Message[..suffix];
    }
}
