using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>Writes Event objects for kubectl describe. A repeated event is counted. Only the newest events are kept.</summary>
internal sealed class EventRecorder(ObjectStore store, TimeProvider time)
{
    private const int MaxKept = 1000;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string?, string, string), StoredObject> _known = [];
    private readonly Queue<(string?, string, string)> _order = new();
    private long _last;

    public void Record(JsonObject about, string type, string reason, string message, string component = "kubelet")
    {
        lock (_gate)
        {
            (string?, string, string) key = (about.Text("metadata", "uid"), reason, message);
            if (_known.TryGetValue(key, out StoredObject? before)
                && store.Find(KindTable.Event, before.Namespace, before.Name)?.Uid == before.Uid)
            {
                store.Update(before, item =>
                {
                    item["count"] = (item.Number("count") ?? 1) + 1;
                    item["lastTimestamp"] = time.Timestamp();
                });
                return;
            }

            _known[key] = store.Create(KindTable.Event, Event(about, type, reason, message, component));
            _order.Enqueue(key);
            if (_order.Count > MaxKept && _known.Remove(_order.Dequeue(), out StoredObject? oldest))
                store.Remove(oldest);
        }
    }

    private JsonObject Event(JsonObject about, string type, string reason, string message, string component)
    {
        // kubectl describe shows events of one second in the order of their names, so the names grow, as in a real cluster.
        _last = Math.Max(_last + 1, time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000);
        string @namespace = about.Text("metadata", "namespace") ?? "default";
        string name = string.Create(CultureInfo.InvariantCulture, $"{about.Text("metadata", "name")}.{_last:x16}");
        JsonObject involved = JsonWriting.Fields(
            ("kind", about.Text("kind")),
            ("namespace", @namespace),
            ("name", about.Text("metadata", "name")),
            ("uid", about.Text("metadata", "uid")),
            ("apiVersion", about.Text("apiVersion")));
        JsonObject item = JsonWriting.Fields(
            ("kind", "Event"),
            ("apiVersion", "v1"),
            ("metadata", new JsonObject { ["name"] = name, ["namespace"] = @namespace }),
            ("involvedObject", involved),
            ("reason", reason),
            ("message", message),
            ("type", type),
            ("count", 1),
            ("firstTimestamp", time.Timestamp()),
            ("lastTimestamp", time.Timestamp()),
            ("source", new JsonObject { ["component"] = component }),
            ("reportingComponent", component),
            ("reportingInstance", ""));
        item["eventTime"] = null;
        return item;
    }
}
