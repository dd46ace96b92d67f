using Berth.LocalCluster.Json;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Runtime;

/// <summary>kubectl logs: container, previous, tailLines, sinceSeconds, sinceTime, limitBytes, timestamps, follow.</summary>
internal sealed class PodLogs(Kubelet kubelet, TimeProvider time)
{
    /// <summary>Finds the log that the parameters of a query ask for, before the answer begins.</summary>
    /// <exception cref="ApiException">There is no such container or log.</exception>
    public ContainerLog Find(StoredObject pod, Func<string, string?> query) =>
        Find(pod, query("container"), query("previous") == "true");

    /// <summary>Writes a log as the parameters of a query ask for it, and follows it where they do.</summary>
    public async Task WriteAsync(ContainerLog log, Func<string, string?> query, Stream output, CancellationToken cancellationToken)
    {
        bool stamped = query("timestamps") == "true";
        DateTimeOffset since = Number(query("sinceSeconds")) is { } seconds
            ? time.GetUtcNow().After(-LongWait.Seconds(seconds))
            : JsonWriting.ParseTimestamp(query("sinceTime")) ?? DateTimeOffset.MinValue;
        long room = Number(query("limitBytes")) ?? long.MaxValue;
        (IReadOnlyList<LogLine> lines, Task? more) = log.Read(0);
        lines = [.. lines.Where(line => line.At >= since)];
        if (Number(query("tailLines")) is { } tail)
            lines = [.. lines.Skip(Math.Max(0, lines.Count - (int)Math.Min(tail, int.MaxValue)))];
        long next = 0;
        while (true)
        {
            foreach (LogLine line in lines)
            {
                byte[] bytes = Encoding.UTF8.GetBytes(stamped ? $"{Stamp(line.At)} {line.Text}\n" : line.Text + "\n");
                int written = (int)Math.Min(bytes.Length, room);
                await output.WriteAsync(bytes.AsMemory(0, written), cancellationToken).ConfigureAwait(false);
                room -= written;
                next = line.Number + 1;
            }

            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (query("follow") != "true" || more is null || room == 0)
                return;
            await more.WaitAsync(cancellationToken).ConfigureAwait(false);
            (lines, more) = log.Read(next);
        }
    }

    private ContainerLog Find(StoredObject pod, string? container, bool previous)
    {
        if (container is null && pod.Body.Items("spec", "containers").Count() > 1)
        {
            string Names(string field) => string.Join(' ', pod.Body.Items("spec", field).Select(item => item.Text("name")));
            string others = Names("initContainers") is { Length: > 0 } init ? $" or one of the init containers: [{init}]" : "";
            throw ApiException.BadRequest(
                $"a container name must be specified for pod {pod.Name}, choose one of: [{Names("containers")}]{others}");
        }

        container ??= pod.Body.Items("spec", "containers").First().Text("name");
        IEnumerable<JsonObject> known = pod.Body.Items("spec", "initContainers").Concat(pod.Body.Items("spec", "containers"));
        if (!known.Any(item => item.Text("name") == container))
            throw ApiException.BadRequest($"container {container} is not valid for pod {pod.Name}");
        ContainerSupervisor? supervisor = kubelet.Find(pod.Uid)?.All.First(item => item.Name == container);
        if (previous)
        {
            return supervisor?.PreviousOutput ?? throw ApiException.BadRequest(
                $"previous terminated container \"{container}\" in pod \"{pod.Name}\" not found");
        }

        string? waiting = supervisor is null ? "ContainerCreating" : supervisor.Status().Text("state", "waiting", "reason");
        if (waiting is null or "CrashLoopBackOff")
            return supervisor!.Output;
        string why = waiting switch
        {
            "ErrImagePull" => "image can't be pulled",
            "ImagePullBackOff" => "trying and failing to pull image",
            _ => waiting,
        };
        throw ApiException.BadRequest($"container \"{container}\" in pod \"{pod.Name}\" is waiting to start: {why}");
    }

    private static string Stamp(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff00'Z'", CultureInfo.InvariantCulture);

    private static long? Number(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out long number) ? number : null;
}
