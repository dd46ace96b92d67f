namespace Berth.Grpc;

/// <summary>
/// The metadata by which a call names its pod. Of several, the first of this order counts. The server receives them too.
/// </summary>
public static class BerthMetadata
{
    /// <summary>The name of the pod, such as <c>service-b-2</c>. The call goes to that pod or fails.</summary>
    public const string Pod = "berth-pod";

    /// <summary>The ordinal of the pod, such as <c>2</c>. The call goes to that pod or fails.</summary>
    public const string Ordinal = "berth-ordinal";

    /// <summary>
    /// The name of what must stay together, such as a room. The call goes to the pod that <see cref="StickyPicker"/> picks among the
    /// available pods; while that pod refuses connections, to the next pod of the key.
    /// </summary>
    public const string Key = "berth-key";

    /// <summary>The beginning of all of them.</summary>
    internal const string Prefix = "berth-";
}
