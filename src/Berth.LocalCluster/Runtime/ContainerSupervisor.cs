using Berth.LocalCluster.Diagnostics;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Runs one container of one pod: starts, probes, restarts with backoff, and ends it. Each change creates a complete new status.
/// </summary>
/// <param name="pod">Its pod.</param>
/// <param name="spec">Its manifest.</param>
/// <param name="commands">Its commands.</param>
/// <param name="policy">The restart policy: Always, OnFailure or Never.</param>
/// <param name="context">The services that every pod's worker needs.</param>
/// <param name="publish">Called after each change of its status.</param>
/// <param name="nodeIsUp">Completes when its node is up.</param>
internal sealed class ContainerSupervisor(
    JsonObject pod,
    JsonObject spec,
    ContainerCommands commands,
    string policy,
    KubeletContext context,
    Action publish,
    Func<Task> nodeIsUp)
{
    /// <summary>The time limit for the last output after a process has ended, because another process may keep its pipe open.</summary>
    private static readonly TimeSpan s_lastOutput = TimeSpan.FromMilliseconds(200);

    /// <summary>The minimum time that is left after preStop has used up the grace period.</summary>
    private static readonly TimeSpan s_minEnd = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _grace = LongWait.Seconds(pod.Number("spec", "terminationGracePeriodSeconds") ?? 30);
    private readonly RestartBackoff _backoff = new();
    private readonly LifecycleHooks _hooks = new(pod, commands, context);
    private readonly ContainerTroubles _troubles = new(pod, spec, context);
    private readonly TaskCompletionSource _wasStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JsonObject _state = ContainerState.Waiting(
        pod.Items("spec", "initContainers").Any() ? "PodInitializing" : "ContainerCreating");
    private JsonObject _lastState = [];
    private string? _id;
    private bool _ready;
    private bool _started;
    private int _restarts;
    private volatile IContainerInstance? _instance;

    public string Name { get; } = spec.Text("name")!;
    public int? ProcessId { get; private set; }

    /// <summary>Completes when it has started for the first time, its startup probe included.</summary>
    public Task WasStarted => _wasStarted.Task;

    /// <summary>True when its last run succeeded.</summary>
    public bool Succeeded { get; private set; }

    /// <summary>The output of the current run, and of the previous one.</summary>
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

    /// <summary>Returns the launch of an additional command in the container.</summary>
    public ContainerLaunch LaunchOf(IReadOnlyList<string> command, bool isTerminal) =>
        commands.LaunchBeside(pod.Text("status", "podIP")!, command, isTerminal, new ContainerLog(context.Time, 0));

    /// <summary>Kills the current run. False when there is none.</summary>
    public bool KillInstance()
    {
        IContainerInstance? running = _instance;
        running?.Kill();
        return running is not null;
    }

    /// <summary>
    /// Runs the container until its policy ends that. Stopping asks it to end within the grace period. Killing ends it at once.
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
            Succeeded = code == 0;
            bool done = !lost && code is not null && (policy == "Never" || (policy == "OnFailure" && code == 0));
            if (stopping.IsCancellationRequested || done)
                return;
            TimeSpan delay = lost ? TimeSpan.Zero : _backoff.Next(context.Time.GetUtcNow() - began);
            if (delay > RestartBackoff.Soon)
                Wait(_troubles.BackOff(code, delay));

            await Task.Delay(delay, context.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            if (!stopping.IsCancellationRequested && code is not null)
            {
                _restarts++;
                PreviousOutput = Output;
                Output = new ContainerLog(context.Time);
            }
        }
    }

    /// <summary>Runs the container once. Null when there is no program for its image, or no value for a variable.</summary>
    private async Task<int?> RunOnceAsync(string address, CancellationToken stopping, CancellationToken killing)
    {
        if (!commands.HasProgram)
        {
            Wait(_troubles.NoProgram());
            return null;
        }

        while (commands.MissingVariable() is { } missing)
        {
            Wait(_troubles.NoVariable(missing));
            await commands.UntilOtherVariableAsync(missing, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
                return null;
        }

        ContainerLaunch launch = commands.Launch(address, Output);
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

    /// <summary>Runs it from start to end, with its probes.</summary>
    private async Task<int> SuperviseAsync(
        IContainerInstance run,
        ContainerLaunch launch,
        TerminationMessage lastWords,
        CancellationToken stopping,
        CancellationToken killing)
    {
        DateTimeOffset began = context.Time.GetUtcNow();
        bool hooked = await _hooks.AfterStartAsync(run, launch, stopping).ConfigureAwait(false);
        bool startup = !hooked || spec["startupProbe"] is JsonObject;
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
        if (!startup)
            _wasStarted.TrySetResult();
        if (!hooked)
            await unhealthy.CancelAsync().ConfigureAwait(false);
        Task probes = hooked ? ProbeAllAsync(launch, unhealthy, probing.Token) : Task.CompletedTask;
        int code = await EndAsync(run, launch, stopping, unhealthy.Token, killing).ConfigureAwait(false);
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
    /// Waits for the exit. On a stop or a failed probe it sends SIGTERM, and SIGKILL after the grace period or on a kill.
    /// </summary>
    private async Task<int> EndAsync(
        IContainerInstance run,
        ContainerLaunch launch,
        CancellationToken stopping,
        CancellationToken unhealthy,
        CancellationToken killing)
    {
        using CancellationTokenSource asked = CancellationTokenSource.CreateLinkedTokenSource(stopping, unhealthy, killing);
        await ((Task)run.Exited).WaitAsync(asked.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!run.Exited.IsCompleted)
        {
            context.Events.Record(pod, "Normal", "Killing", $"Stopping container {Name}");

            // A deletion has its own grace period. The pod's worker kills the process at its end.
            TimeSpan grace = stopping.IsCancellationRequested ? TimeSpan.MaxValue : _grace;
            long asking = context.Time.GetTimestamp();
            if (!killing.IsCancellationRequested)
                await _hooks.BeforeStopAsync(run, launch, grace, killing).ConfigureAwait(false);
            run.Stop();
            TimeSpan left = grace - context.Time.GetElapsedTime(asking);
            await context.Time.UntilAsync(run.Exited, left > s_minEnd ? left : s_minEnd, killing).ConfigureAwait(false);
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
                _wasStarted.TrySetResult();
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
            // The container ended, and so did its probes.
        }
    }

    private ProbeLoop? Probe(string field, ContainerLaunch launch) => commands.Handler(field) is not { } probe ? null
        : new ProbeLoop(probe, launch, context, exception => Log.ProbeFailed(
            context.Logger, exception, field, pod.Text("metadata", "namespace"), pod.Text("metadata", "name")!, Name));

    private void Wait(JsonObject state) => Change(() => Enter(state));

    private void Change(Action change)
    {
        lock (_backoff)
            change();
        publish();
    }

    /// <summary>The state of an ended run is kept when another state follows it.</summary>
    private void Enter(JsonObject next)
    {
        _lastState = _state["terminated"] is null ? _lastState : _state;
        _state = next;
    }
}
