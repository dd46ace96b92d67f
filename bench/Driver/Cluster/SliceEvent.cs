using System.Globalization;
using System.Text;

namespace Berth.Bench.Cluster;

/// <summary>One event of a watch, in both encodings.</summary>
/// <param name="Line">In JSON.</param>
/// <param name="Protobuf">In protobuf, after its length.</param>
internal sealed record SliceEvent(byte[] Line, byte[] Protobuf)
{
    /// <summary>
    /// A bookmark as a Kubernetes 1.36 server writes it: every object up to a version has been sent. With the annotation it says that the
    /// objects that were there before are complete (KEP-3157).
    /// </summary>
    public static SliceEvent Bookmark(long version, bool initialEventsEnd)
    {
        string annotations = initialEventsEnd ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "";
        string line = "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"EndpointSlice\",\"apiVersion\":\"discovery.k8s.io/v1\"," +
            string.Create(CultureInfo.InvariantCulture, $"\"metadata\":{{\"resourceVersion\":\"{version}\"{annotations}}},") +
            "\"addressType\":\"\",\"endpoints\":null,\"ports\":null}}\n";
        return new SliceEvent(Encoding.UTF8.GetBytes(line), SliceProtobuf.Bookmark(version, initialEventsEnd));
    }
}
