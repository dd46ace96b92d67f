namespace Berth.Dispatcher.Tests.Cuts;

/// <summary>The part of a line without its end that a client of JSON Lines takes.</summary>
public enum LineReading
{
    /// <summary>Nothing.</summary>
    Whole,

    /// <summary>The line, if what has arrived of it is an object: most readers of lines return the rest of a stream as a line.</summary>
    Rest,

    /// <summary>The part that has arrived, as soon as its id is there.</summary>
    Id,
}
