namespace Berth.Kubernetes.Model;

/// <summary>The faults of open watches, and of the whole server.</summary>
internal sealed class Disturbances(Cluster cluster, ApiServer api, Random random, Action<string> note)
{
    /// <summary>Causes a fault.</summary>
    public void Act()
    {
        long now = api.Lag ?? cluster.Version;
        int what = random.Next(11);
        note($"disturbance {what}");
        switch (what)
        {
            case 0 or 1:
                api.ForEachWatch(w => w.Cut(now, broken: what == 0));
                break;
            case 2:
                api.ForEachWatch(static w => w.Body.End());
                break;
            case 3:
                api.Compact();
                api.ForEachWatch(static w => w.Body.Break());
                break;
            case 4:
                api.ForEachWatch(static w => w.Error(410, "Expired"));
                break;
            case 5:
                api.ForEachWatch(static w => w.Error(500, "InternalError"));
                break;
            case 6:
                api.ForEachWatch(static w => w.Raw("{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\n"));
                break;
            case 7:
                api.ForEachWatch(static w => w.Raw("{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":\"service-b-v40\","
                    + "\"resourceVersion\":\"50\"},\"endpoints\":null}}\n"));
                break;
            case 8:
                api.ForEachWatch(static w => w.IsSilent = true);
                break;
            case 9:
                api.Lag = api.Lag is null ? cluster.Version : null;
                break;
            default:
                api.ForEachWatch(w => w.Bookmark(now));
                break;
        }
    }
}
