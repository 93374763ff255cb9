//highwater:nocompile needs ForecastError
// A piece without its `use` lines: `select_ok` can only be the race of futures.
pub struct Forecasts {
    stations: Vec<Station>,
}

impl Forecasts {
    /// Tomorrow's weather; any station knows it.
    pub async fn tomorrow(&self, place: Place) -> Result<Weather, ForecastError> {
        let asked = self.stations.iter().map(|station| station.tomorrow(place).boxed());
        let (weather, _others) = select_ok(asked).await?; //~ BP15 medium
        Ok(weather)
    }

    pub async fn all(&self, place: Place) -> Vec<Result<Weather, ForecastError>> {
        let asked = self.stations.iter().map(|station| station.tomorrow(place).boxed());
        join_all(asked).await
    }
}
