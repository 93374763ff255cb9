// The taker leaves when an item tells it to, which anybody may send: what others send after it panics where that is taken
// for impossible. Who ends it has it for himself, or who sends takes the end for a word, and nothing panics.
use tokio::sync::mpsc;

pub enum Order {
    Press(String),
    Close,
}

#[derive(Clone)]
pub struct Laundry {
    orders: mpsc::Sender<Order>,
}

impl Laundry {
    pub fn open() -> Laundry {
        let (orders, mut inbox) = mpsc::channel(8);
        tokio::spawn(async move {
            while let Some(order) = inbox.recv().await {
                match order {
                    Order::Press(shirt) => println!("{shirt}"),
                    Order::Close => break,
                }
            }
        });
        Laundry { orders }
    }

    pub async fn press(&self, shirt: String) {
        self.orders.send(Order::Press(shirt)).await.unwrap(); //~ BP10 medium
    }

    pub async fn close(&self) -> bool {
        self.orders.send(Order::Close).await.is_ok()
    }
}

pub enum Task {
    Sew(String),
    Stop,
}

pub struct Tailor {
    tasks: mpsc::Sender<Task>,
}

impl Tailor {
    pub fn open() -> Tailor {
        let (tasks, mut inbox) = mpsc::channel(8);
        tokio::spawn(async move {
            while let Some(task) = inbox.recv().await {
                match task {
                    Task::Sew(coat) => println!("{coat}"),
                    Task::Stop => return,
                }
            }
        });
        Tailor { tasks }
    }

    pub async fn sew(&self, coat: String) {
        self.tasks.send(Task::Sew(coat)).await.unwrap();
    }

    pub async fn stop(self) -> bool {
        self.tasks.send(Task::Stop).await.is_ok()
    }
}

pub enum Job {
    Dye(String),
    Quit,
}

#[derive(Clone)]
pub struct Dyer {
    jobs: mpsc::Sender<Job>,
}

impl Dyer {
    pub fn open() -> Dyer {
        let (jobs, mut inbox) = mpsc::channel(8);
        tokio::spawn(async move {
            while let Some(job) = inbox.recv().await {
                match job {
                    Job::Dye(cloth) => println!("{cloth}"),
                    Job::Quit => return,
                }
            }
        });
        Dyer { jobs }
    }

    pub async fn dye(&self, cloth: String) -> bool {
        self.jobs.send(Job::Dye(cloth)).await.is_ok()
    }

    pub async fn quit(&self) -> bool {
        self.jobs.send(Job::Quit).await.is_ok()
    }
}
