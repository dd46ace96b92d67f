namespace Berth.Yarp;

/// <summary>
/// The metadata of destinations. One with <see cref="Target"/> stands for all available pods of that target; each pod becomes a destination
/// that is named by the pod.
/// </summary>
public static class BerthDestination
{
    /// <summary>In the configuration: the target, such as <c>k8s-example2/service-b</c>.</summary>
    public const string Target = "Berth.Target";

    /// <summary>In the configuration: the port of ordinal 0. Without it the target needs an entry in the options.</summary>
    public const string BasePort = "Berth.BasePort";

    /// <summary>In the configuration: the distance of ports between two ordinals. Default 1.</summary>
    public const string Stride = "Berth.Stride";

    /// <summary>In the configuration: the name of the pods' port. Default: their main port.</summary>
    public const string PortName = "Berth.PortName";

    /// <summary>In a pod's destination: the pod's name.</summary>
    public const string Pod = "Berth.Pod";

    /// <summary>In a pod's destination: the pod's ordinal, where it has one.</summary>
    public const string Ordinal = "Berth.Ordinal";

    /// <summary>In a pod's destination: the pod's UID, where it is known.</summary>
    public const string Uid = "Berth.Uid";

    /// <summary>In a pod's destination: the zone of its node, where it is known.</summary>
    public const string Zone = "Berth.Zone";
}
