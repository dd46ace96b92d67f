namespace Berth.LocalCluster.Controllers;

/// <summary>Writes Event objects, as kubectl describe shows them. Only the newest are kept.</summary>
internal sealed class EventRecorder(ObjectStore store, TimeProvider time)
{
    private const int Kept = 1000;
    private readonly Queue<StoredObject> _written = new();

    public void Record(JsonObject about, string type, string reason, string message, string component = "kubelet")
    {
        string @namespace = about.Text("metadata", "namespace") ?? "default";
        JsonObject item = KindTable.Event.NewObject(@namespace, "");
        item.Child("metadata").Remove("name");
        item.Child("metadata")["generateName"] = about.Text("metadata", "name") + ".";
        item["involvedObject"] = new JsonObject
        {
            ["kind"] = about.Text("kind"),
            ["namespace"] = @namespace,
            ["name"] = about.Text("metadata", "name"),
            ["uid"] = about.Text("metadata", "uid"),
            ["apiVersion"] = about.Text("apiVersion"),
        };
        item["reason"] = reason;
        item["message"] = message;
        item["source"] = new JsonObject { ["component"] = component };
        item["firstTimestamp"] = time.Timestamp();
        item["lastTimestamp"] = time.Timestamp();
        item["count"] = 1;
        item["type"] = type;
        item["eventTime"] = null;
        item["reportingComponent"] = component;
        item["reportingInstance"] = "";
        StoredObject created = store.Create(KindTable.Event, item);
        lock (_written)
        {
            _written.Enqueue(created);
            if (_written.Count > Kept && _written.Dequeue() is var oldest && store.Find(KindTable.Event, oldest.Namespace, oldest.Name) is not null)
            {
                try
                {
                    store.Remove(KindTable.Event, oldest.Namespace, oldest.Name);
                }
                catch (ApiException fault) when (fault.Code == 404)
                {
                    // Somebody deleted it between the two steps.
                }
            }
        }
    }
}
