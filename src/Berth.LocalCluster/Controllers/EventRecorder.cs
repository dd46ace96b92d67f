namespace Berth.LocalCluster.Controllers;

/// <summary>Writes Event objects, as kubectl describe shows them. Only the newest are kept.</summary>
internal sealed class EventRecorder(ObjectStore store, TimeProvider time)
{
    private const int Kept = 1000;
    private readonly Queue<StoredObject> _written = new();

    public void Record(JsonObject about, string type, string reason, string message, string component = "kubelet")
    {
        string @namespace = about.Text("metadata", "namespace") ?? "default";
        StoredObject created = store.Create(KindTable.Event, new JsonObject
        {
            ["kind"] = "Event",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject { ["generateName"] = about.Text("metadata", "name") + ".", ["namespace"] = @namespace },
            ["involvedObject"] = new JsonObject
            {
                ["kind"] = about.Text("kind"),
                ["namespace"] = @namespace,
                ["name"] = about.Text("metadata", "name"),
                ["uid"] = about.Text("metadata", "uid"),
                ["apiVersion"] = about.Text("apiVersion"),
            },
            ["reason"] = reason,
            ["message"] = message,
            ["source"] = new JsonObject { ["component"] = component },
            ["firstTimestamp"] = time.Timestamp(),
            ["lastTimestamp"] = time.Timestamp(),
            ["count"] = 1,
            ["type"] = type,
            ["eventTime"] = null,
            ["reportingComponent"] = component,
            ["reportingInstance"] = "",
        });
        lock (_written)
        {
            _written.Enqueue(created);
            if (_written.Count > Kept && _written.Dequeue() is var oldest)
                store.Remove(oldest);
        }
    }
}
