using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Yarp.ReverseProxy.Configuration;

namespace Berth.Yarp.Destinations;

/// <summary>A destination of the configuration that stands for the pods of a target.</summary>
internal sealed class DestinationTemplate
{
    private const string PodPlaceholder = "{pod}";

    private readonly DestinationConfig _config;
    private readonly Uri _address;
    private readonly Uri? _health;
    private readonly string? _portName;

    private DestinationTemplate(
        DestinationConfig config, ServiceTarget target, PortScheme ports, Uri address, Uri? health, string? portName)
    {
        _config = config;
        Target = target;
        Ports = ports;
        _address = address;
        _health = health;
        _portName = portName;
    }

    public ServiceTarget Target { get; }

    public PortScheme Ports { get; }

    /// <summary>True when a destination of the configuration stands for pods.</summary>
    public static bool IsMeant(DestinationConfig config) => config.Metadata?.ContainsKey(BerthDestination.Target) == true;

    /// <summary>Reads a destination of the configuration.</summary>
    /// <param name="config">The destination.</param>
    /// <param name="options">The port schemes of targets.</param>
    /// <param name="template">The template.</param>
    /// <param name="fault">On failure, a sentence that says why.</param>
    public static bool TryCreate(
        DestinationConfig config,
        BerthYarpOptions options,
        [NotNullWhen(true)] out DestinationTemplate? template,
        [NotNullWhen(false)] out string? fault)
    {
        template = null;
        if (!ServiceTarget.TryParse(config.Metadata![BerthDestination.Target], out ServiceTarget target, out string? targetFault))
        {
            fault = $"{BerthDestination.Target} is not a target. {targetFault}";
            return false;
        }

        if (!TryReadPorts(config.Metadata, target, options, out PortScheme? ports, out fault))
            return false;
        Uri? health = null;
        if (!TryReadUri(config.Address, "Address", out Uri? address, out fault)
            || (config.Health is { Length: > 0 } text && !TryReadUri(text, "Health", out health, out fault)))
        {
            return false;
        }

        template = new DestinationTemplate(
            config, target, ports, address, health, config.Metadata.GetValueOrDefault(BerthDestination.PortName));
        return true;
    }

    /// <summary>Creates the destination of a pod, or null when the pod does not have the port.</summary>
    public DestinationConfig? TryCreate(PodEndpoint pod)
    {
        if ((_portName is null ? pod.Port : pod.FindPort(_portName)?.Number) is not { } port)
            return null;
        string authority = new IPEndPoint(pod.Address, port).ToString();
        Dictionary<string, string> metadata = new(_config.Metadata!, StringComparer.OrdinalIgnoreCase)
        {
            [BerthDestination.Pod] = pod.Name,
        };
        if (pod.Ordinal is { } ordinal)
            metadata[BerthDestination.Ordinal] = ordinal.ToString(CultureInfo.InvariantCulture);
        if (pod.Uid is { } uid)
            metadata[BerthDestination.Uid] = uid;
        if (pod.Zone is { } zone)
            metadata[BerthDestination.Zone] = zone;
        return new DestinationConfig
        {
            Address = $"{_address.Scheme}://{authority}{_address.PathAndQuery}",
            Health = _health is null ? null : $"{_health.Scheme}://{authority}{_health.PathAndQuery}",
            Host = _config.Host?.Replace(PodPlaceholder, pod.Name, StringComparison.Ordinal),
            Metadata = metadata,
        };
    }

    private static bool TryReadUri(
        string? text, string name, [NotNullWhen(true)] out Uri? uri, [NotNullWhen(false)] out string? fault)
    {
        bool isGood = Uri.TryCreate(text, UriKind.Absolute, out uri) && (uri.Scheme == "http" || uri.Scheme == "https");
        fault = isGood ? null
            : $"{name} is '{text}'. Give the scheme and the path of the pods, with any host, as in http://service-b/.";
        return isGood;
    }

    private static bool TryReadPorts(
        IReadOnlyDictionary<string, string> metadata,
        ServiceTarget target,
        BerthYarpOptions options,
        [NotNullWhen(true)] out PortScheme? ports,
        [NotNullWhen(false)] out string? fault)
    {
        ports = null;
        fault = null;
        if (!metadata.TryGetValue(BerthDestination.BasePort, out string? basePort))
        {
            fault = options.TargetPorts.TryGetValue(target, out ports) ? null
                : $"{target} has no ports. Give {BerthDestination.BasePort} in the destination's metadata, or TargetPorts in the options.";
            return ports is not null;
        }

        string stride = metadata.GetValueOrDefault(BerthDestination.Stride, "1");
        if (!TryReadPort(basePort, out int first))
            fault = $"{BerthDestination.BasePort} is '{basePort}'. Give 1 to 65535.";
        else if (!TryReadPort(stride, out int distance))
            fault = $"{BerthDestination.Stride} is '{stride}'. Give 1 to 65535.";
        else
            ports = PortScheme.PerOrdinal(first, distance);
        return ports is not null;
    }

    private static bool TryReadPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= ushort.MaxValue;
}
