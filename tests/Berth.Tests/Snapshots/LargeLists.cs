using System.Buffers;
using System.Net;
using System.Text.Json;
using Berth.Pods;
using Berth.Ports;
using Berth.Writing;

namespace Berth.Snapshots;

/// <summary>Lists of many endpoints, as the reader of slices makes them.</summary>
internal static class LargeLists
{
    public const int Count = 20_000;

    public static readonly PodNamePrefix Prefix = new("web-");

    public static int Write(EndpointSnapshot snapshot) => Write(snapshot, new ArrayBufferWriter<byte>());

    public static int Write(EndpointSnapshot snapshot, ArrayBufferWriter<byte> buffer)
    {
        using (Utf8JsonWriter json = new(buffer, EndpointJson.WriterOptions))
        {
            json.WriteStartArray();
            foreach (PodEndpoint endpoint in snapshot.Endpoints)
                EndpointJson.Write(json, endpoint);
            json.WriteEndArray();
        }

        return buffer.WrittenCount;
    }

    public static EndpointSnapshot Build(int count, Func<int, IPAddress> addressOf, PodNamePrefix? prefix = null)
    {
        PortScheme ports = PortScheme.PerOrdinal(3000);
        PortRule rule = ports.RuleFor([])!;
        SnapshotBuilder builder = new(new ServiceTarget("ns", "svc"), ports);
        PodScope scope = new("ns", "node-1", "z1");
        builder.SetAll([[.. Enumerable.Range(0, count).Select(i =>
            new Listed(new PodName(prefix ?? Prefix, i), scope, new PodUid(Guid.NewGuid(), null), addressOf(i), rule))]]);
        return builder.Build();
    }

    public static IPAddress AddressOf(int i) => new([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]);

    public sealed class Listed : CompactEndpoint
    {
        public Listed(PodName name, PodScope scope, PodUid uid, IPAddress address, PortRule rule)
            : base(name, scope, uid, address, ready: true, serving: true, terminating: false) => TrySetRule(rule);
    }
}
