using Berth.LocalCluster.Diagnostics;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// One container of one pod: started, probed, restarted with back-off, ended. Its status is a whole new value at each change.
/// </summary>
internal sealed class ContainerSupervisor(JsonObject pod, JsonObject spec, KubeletContext context, Action publish, Func<Task> nodeIsUp)
{
    /// <summary>How long the last output may take to come when a process has ended: another may hold its pipe.</summary>
    private static readonly TimeSpan s_lastOutput = TimeSpan.FromMilliseconds(200);

    private readonly string _policy = pod.Text("spec", "restartPolicy") ?? "Always";
    private readonly TimeSpan _grace = LongWait.Seconds(pod.Number("spec", "terminationGracePeriodSeconds") ?? 30);
    private readonly RestartBackoff _backoff = new();
    private JsonObject _state = new() { ["waiting"] = new JsonObject { ["reason"] = "ContainerCreating" } };
    private JsonObject _lastState = [];
    private string? _id;
    private bool _ready;
    private bool _started;
    private int _restarts;
    private volatile IContainerInstance? _instance;

    public string Name { get; } = spec.Text("name")!;
    public int? ProcessId { get; private set; }

    /// <summary>Output of the run now, and of the one before.</summary>
    public ContainerLog Output { get; private set; } = new(context.Time);
    public ContainerLog? PreviousOutput { get; private set; }

    public JsonObject Status()
    {
        lock (_backoff)
        {
            return JsonWriting.Fields(
                ("name", Name),
                ("state", _state.DeepClone()),
                ("lastState", _lastState.DeepClone()),
                ("ready", _ready),
                ("restartCount", _restarts),
                ("image", spec.Text("image")),
                ("imageID", spec.Text("image")),
                ("containerID", _id),
                ("started", _started));
        }
    }

    /// <summary>Kills the run now. False when there is none.</summary>
    public bool KillInstance()
    {
        IContainerInstance? running = _instance;
        running?.Kill();
        return running is not null;
    }

    /// <summary>
    /// Runs until the container shall not run again. Stopping asks it to end within the grace period; killing ends it now.
    /// </summary>
    public async Task RunAsync(string address, CancellationToken stopping, CancellationToken killing)
    {
        while (!stopping.IsCancellationRequested)
        {
            DateTimeOffset began = context.Time.GetUtcNow();
            int? code = await RunOnceAsync(address, stopping, killing).ConfigureAwait(false);
            Task up = nodeIsUp();
            bool lost = !up.IsCompleted;
            await up.ConfigureAwait(false);
            bool done = !lost && code is not null && (_policy == "Never" || (_policy == "OnFailure" && code == 0));
            if (stopping.IsCancellationRequested || done)
                return;
            TimeSpan delay = lost ? TimeSpan.Zero : _backoff.Next(context.Time.GetUtcNow() - began);
            if (delay > RestartBackoff.Soon)
                TellBackOff(code, delay);

            await Task.Delay(delay, context.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            if (!stopping.IsCancellationRequested && code is not null)
            {
                _restarts++;
                PreviousOutput = Output;
                Output = new ContainerLog(context.Time);
            }
        }
    }

    /// <summary>
    /// Says why the container waits, in an event and in its state. Without an exit code it is its image that is waited for.
    /// </summary>
    private void TellBackOff(int? code, TimeSpan delay)
    {
        if (code is null)
        {
            string pulling = $"Back-off pulling image \"{spec.Text("image")}\"";
            context.Events.Record(pod, "Normal", "BackOff", pulling);
            Change(() => Enter(ContainerState.Waiting("ImagePullBackOff", pulling)));
            return;
        }

        string where = $"{pod.Text("metadata", "name")}_{pod.Text("metadata", "namespace")}({pod.Text("metadata", "uid")})";
        string wait = delay.Minutes > 0 ? $"{delay.Minutes}m{delay.Seconds}s" : $"{delay.Seconds}s";
        context.Events.Record(pod, "Warning", "BackOff", $"Back-off restarting failed container {Name} in pod {where}");
        Change(() => Enter(ContainerState.Waiting("CrashLoopBackOff", $"back-off {wait} restarting failed container={Name} pod={where}")));
    }

    /// <summary>Runs the container once. Null: there is no program for its image.</summary>
    private async Task<int?> RunOnceAsync(string address, CancellationToken stopping, CancellationToken killing)
    {
        ContainerLaunch? launch = Launch(address);
        if (launch is null)
        {
            string image = spec.Text("image") ?? "";
            string message = $"Image {image} is not mapped to a program of this machine: "
                + $"start the cluster with --image {ContainerSpec.ImageName(image)}=PATH.";
            context.Events.Record(pod, "Warning", "Failed", message);
            Change(() => Enter(ContainerState.Waiting("ErrImagePull", message)));
            return null;
        }

        TerminationMessage lastWords = new(spec);
        IContainerInstance instance;
        try
        {
            instance = await context.Runtime.StartAsync(launch).ConfigureAwait(false);
        }
        catch (LocalClusterException exception)
        {
            launch.Log.Append(exception.Message);
            launch.Log.Complete();
            context.Events.Record(pod, "Warning", "Failed", exception.Message);
            DateTimeOffset now = context.Time.GetUtcNow();
            Change(() =>
            {
                _id = null;
                Enter(ContainerState.Terminated(128, "StartError", exception.Message, now, now, null));
            });
            return 128;
        }

        _instance = instance;
        int code = await SuperviseAsync(instance, launch, lastWords, stopping, killing).ConfigureAwait(false);
        _instance = null;
        return code;
    }

    /// <summary>From its start to its end, with its probes.</summary>
    private async Task<int> SuperviseAsync(
        IContainerInstance run,
        ContainerLaunch launch,
        TerminationMessage lastWords,
        CancellationToken stopping,
        CancellationToken killing)
    {
        DateTimeOffset began = context.Time.GetUtcNow();
        bool startup = spec["startupProbe"] is JsonObject;
        Change(() =>
        {
            ProcessId = run.ProcessId;
            _id = run.ProcessId is { } process
                ? string.Create(CultureInfo.InvariantCulture, $"berth://{process}-{began.ToUnixTimeMilliseconds()}")
                : null;
            Enter(ContainerState.Running(began));
            _started = !startup;
            _ready = !startup && spec["readinessProbe"] is not JsonObject;
        });
        context.Events.Record(pod, "Normal", "Started", "Container started");
        Log.Started(context.Logger, pod.Text("metadata", "namespace"), pod.Text("metadata", "name")!, Name, run.ProcessId);

        using CancellationTokenSource probing = new();
        using CancellationTokenSource unhealthy = new();
        Task probes = ProbeAllAsync(launch, unhealthy, probing.Token);
        int code = await EndAsync(run, stopping, unhealthy.Token, killing).ConfigureAwait(false);
        if (lastWords.NeedsOutput(code))
            await run.Drained.WaitAsync(s_lastOutput, context.Time, killing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        string? message = lastWords.Read(code, launch.Log);
        Change(() =>
        {
            ProcessId = null;
            _ready = false;
            _started = false;
            Enter(ContainerState.Terminated(code, code == 0 ? "Completed" : "Error", message, began, context.Time.GetUtcNow(), _id));
        });
        Log.Ended(context.Logger, pod.Text("metadata", "namespace"), pod.Text("metadata", "name")!, Name, code);
        await run.Drained.WaitAsync(s_lastOutput, context.Time, killing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        launch.Log.Complete();
        await probing.CancelAsync().ConfigureAwait(false);
        await probes.ConfigureAwait(false);
        return code;
    }

    /// <summary>
    /// Waits for the exit; when asked to stop, or found unhealthy, sends SIGTERM, and SIGKILL after the grace period or when
    /// told.
    /// </summary>
    private async Task<int> EndAsync(
        IContainerInstance run, CancellationToken stopping, CancellationToken unhealthy, CancellationToken killing)
    {
        using CancellationTokenSource asked = CancellationTokenSource.CreateLinkedTokenSource(stopping, unhealthy, killing);
        await ((Task)run.Exited).WaitAsync(asked.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!run.Exited.IsCompleted)
        {
            context.Events.Record(pod, "Normal", "Killing", $"Stopping container {Name}");

            // A deletion has a grace period of its own, which the pod's worker ends by killing.
            TimeSpan grace = stopping.IsCancellationRequested ? TimeSpan.MaxValue : _grace;
            run.Stop();
            await context.Time.UntilAsync(run.Exited, grace, killing).ConfigureAwait(false);
            run.Kill();
        }

        return await run.Exited.ConfigureAwait(false);
    }

    private async Task ProbeAllAsync(ContainerLaunch launch, CancellationTokenSource unhealthy, CancellationToken ending)
    {
        try
        {
            if (Probe("startupProbe", launch) is { } startup && !await startup.UntilFirstAsync(ending).ConfigureAwait(false))
            {
                context.Events.Record(pod, "Warning", "Unhealthy", $"Startup probe of container {Name} failed; it is restarted");
                await unhealthy.CancelAsync().ConfigureAwait(false);
                return;
            }

            ProbeLoop? readiness = Probe("readinessProbe", launch);
            if (!_started)
            {
                Change(() =>
                {
                    _started = true;
                    _ready = readiness is null;
                });
            }

            Task follow = readiness?.FollowAsync(good => Change(() => _ready = good), ending) ?? Task.CompletedTask;
            if (Probe("livenessProbe", launch) is { } liveness)
            {
                await liveness.UntilLostAsync(ending).ConfigureAwait(false);
                context.Events.Record(pod, "Warning", "Unhealthy", $"Liveness probe of container {Name} failed; it is restarted");
                await unhealthy.CancelAsync().ConfigureAwait(false);
            }

            await follow.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The container ended, and its probes with it.
        }
    }

    private ProbeLoop? Probe(string field, ContainerLaunch launch)
    {
        if (spec[field] is not JsonObject given)
            return null;
        JsonObject probe = given.Clone();
        if (probe["exec"] is JsonObject exec
            && ContainerSpec.Resolve(spec.Text("image")!, [.. exec.Texts("command")], [], context.Images) is var (executable, arguments))
        {
            exec["command"] = JsonWriting.TextArray([executable, .. arguments]);
        }

        foreach (JsonObject target in ((string[])["httpGet", "tcpSocket", "grpc"]).Select(kind => probe[kind]).OfType<JsonObject>())
        {
            if (target.Text("port") is { } portName)
                target["port"] = spec.Items("ports").FirstOrDefault(port => port.Text("name") == portName).Number("containerPort") ?? 0;
        }

        return new ProbeLoop(probe, launch, context);
    }

    private ContainerLaunch? Launch(string address)
    {
        Dictionary<string, string> environment = ContainerSpec.Environment(spec, pod, context.BaseEnvironment(pod));
        IReadOnlyList<string> Words(string field) => [.. spec.Texts(field).Select(word => ContainerSpec.Expand(word, environment))];
        return ContainerSpec.Resolve(spec.Text("image")!, Words("command"), Words("args"), context.Images) is var (executable, arguments)
            ? new ContainerLaunch(Name, executable, arguments, environment, spec.Text("workingDir"), address, Output)
            : null;
    }

    private void Change(Action change)
    {
        lock (_backoff)
            change();
        publish();
    }

    /// <summary>A run that ended is remembered when something else follows it.</summary>
    private void Enter(JsonObject next)
    {
        _lastState = _state["terminated"] is null ? _lastState : _state;
        _state = next;
    }
}
