namespace Berth.Kubernetes.Assembly;

/// <summary>The state of a target's slices, as its stream knows them.</summary>
internal abstract class SliceState
{
    private static readonly SliceState s_listed = new Listed();
    private static readonly SliceState s_failed = new Failed();

    private SliceState()
    {
    }

    /// <summary>The state at the start.</summary>
    public static SliceState NoList { get; } = new Unlisted();

    /// <summary>The state after disposal.</summary>
    public static SliceState End { get; } = new Closed();

    /// <summary>True when everything up to the builder's version is known, and its content may be returned.</summary>
    public virtual bool MayPublish => false;

    /// <summary>Returns the state after an event of the slices.</summary>
    public virtual SliceState WithEvent() => s_listed;

    /// <summary>Returns the state after a failure, which the reader must see once.</summary>
    public virtual SliceState WithFailure(Exception failure) => new Failing(failure, this);

    /// <summary>No list has arrived.</summary>
    public sealed class Unlisted : SliceState;

    /// <summary>Everything up to the builder's version is known.</summary>
    public sealed class Listed : SliceState
    {
        /// <inheritdoc/>
        public override bool MayPublish => true;
    }

    /// <summary>The slices failed, and the reader has not seen the failure yet. First it gets what was known before.</summary>
    public sealed class Failing(Exception failure, SliceState before) : SliceState
    {
        /// <summary>The failure.</summary>
        public Exception Failure => failure;

        /// <summary>The state after the reader has seen the failure.</summary>
        public SliceState Told => before is Unlisted ? before : s_failed;

        /// <inheritdoc/>
        public override bool MayPublish => before.MayPublish;
    }

    /// <summary>
    /// Everything up to a failure that the reader has seen is known. No snapshot is returned until the API sends slices again.
    /// </summary>
    public sealed class Failed : SliceState;

    /// <summary>The stream is disposed. Nothing changes that.</summary>
    public sealed class Closed : SliceState
    {
        /// <inheritdoc/>
        public override SliceState WithEvent() => this;

        /// <inheritdoc/>
        public override SliceState WithFailure(Exception failure) => this;
    }
}
