namespace Berth.Dispatcher.Tests.Cuts;

/// <summary>How a client reads JSON Lines: what it takes of a line whose end has not arrived.</summary>
public enum LineReading
{
    /// <summary>Nothing.</summary>
    Whole,

    /// <summary>The line, if what has arrived of it is an object: most readers of lines return the rest of a stream as a line.</summary>
    Rest,

    /// <summary>What has arrived of the line, as soon as its id is there.</summary>
    Id,
}
